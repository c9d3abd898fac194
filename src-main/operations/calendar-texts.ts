import type { Response } from '../../src-shared/contract/operations'
import type { Language } from './desktop-port'

type Kind = Response<'listRotationCalendar'>['entries'][number]['kind']

const texts: Readonly<Record<Language, Readonly<Record<Kind, string>>>> = {
  en: {
    'key-rotation': 'Key rotates',
    'key-deletion': 'Key is deleted',
    'key-material-expiry': 'Imported key material expires',
    'secret-rotation': 'Secret rotates',
    'secret-expiry': 'Secret expires',
    'secret-deletion': 'Secret is deleted',
    'certificate-expiry': 'Certificate expires',
  },
  'zh-CN': {
    'key-rotation': '密钥轮转',
    'key-deletion': '密钥删除',
    'key-material-expiry': '导入的密钥材料过期',
    'secret-rotation': '凭据轮转',
    'secret-expiry': '凭据过期',
    'secret-deletion': '凭据删除',
    'certificate-expiry': '证书过期',
  },
}

/** What a calendar calls an entry. */
export function calendarSummary(language: Language, kind: Kind, name: string): string {
  return `${texts[language][kind]}: ${name}`
}
