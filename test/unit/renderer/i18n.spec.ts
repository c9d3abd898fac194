import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import { en } from '../../../src-renderer/i18n/en'
import { zhCN } from '../../../src-renderer/i18n/zh-CN'
import { errorText } from '../../../src-renderer/i18n/error-text'
import { errorCodes, KmsError } from '../../../src-shared/errors'
import { sourceFiles } from '../../support/source-files'

type Tree = { readonly [name: string]: string | Tree }

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const pairs = Object.entries(tree).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + name, value]] : [...flatten(value, `${prefix}${name}.`)],
  )
  return new Map(pairs)
}

const english = flatten(en)
const chinese = flatten(zhCN)
const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].toSorted()

/** Plain t('a.b') calls in the sources of the window, with whether the name was put together. */
function usedKeys(): string[] {
  return sourceFiles('src-renderer').flatMap(({ text }) => [...text.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map(([, key]) => key ?? ''))
}

describe('the texts', () => {
  it('exist under the same names in both languages', () => {
    expect([...chinese.keys()].toSorted()).toEqual([...english.keys()].toSorted())
  })

  it('use the same values in both languages', () => {
    const differing = [...english].filter(([key, text]) => placeholders(text).join() !== placeholders(chinese.get(key) ?? '').join())
    expect(differing.map(([key]) => key)).toEqual([])
  })

  it('are never empty', () => {
    const empty = [...english, ...chinese].filter(([, text]) => text.trim() === '')
    expect(empty).toEqual([])
  })

  it('say something for every error code, and what to do', () => {
    for (const code of Object.values(errorCodes).flat()) {
      expect(en.errors[code], code).toMatch(/^[A-Z].{20,}\.$/s)
      expect(zhCN.errors[code], code).toMatch(/[\u4e00-\u9fff].{4,}。$/s)
    }
  })

  it('exist for every name that the sources ask for', () => {
    const used = usedKeys()
    expect(used.length).toBeGreaterThan(150)
    expect(used.filter((key) => !english.has(key))).toEqual([])
  })
})

describe('errorText', () => {
  const make = (locale: 'en' | 'zh-CN') => createI18n({ legacy: false, locale, messages: { en, 'zh-CN': zhCN } }).global.t
  const say = (error: KmsError, locale: 'en' | 'zh-CN' = 'en') => errorText(make(locale), error)

  it('tells the tries left', () => {
    expect(say(new KmsError('WRONG_PIN', '', { attemptsLeft: 1 }))).toBe('The PIN is not right. 1 try is left, then quick unlock is removed.')
    expect(say(new KmsError('WRONG_PIN', '', { attemptsLeft: 4 }))).toContain('4 tries are left')
    expect(say(new KmsError('WRONG_PIN', '', { attemptsLeft: 4 }), 'zh-CN')).toContain('还可尝试 4 次')
    expect(say(new KmsError('WRONG_PIN', ''))).toBe(en.errors.WRONG_PIN)
  })

  it('tells sizes, process and incident where they are known', () => {
    expect(say(new KmsError('NO_SPACE', '', { neededBytes: 3 * 2 ** 30, freeBytes: 1536 }))).toContain('1.50 KiB free, but 3.00 GiB')
    expect(say(new KmsError('VAULT_IN_USE', '', { ownerPid: 12345 }))).toContain('process 12345')
    expect(say(new KmsError('INTERNAL', '', { incidentId: 'ab12' }))).toContain('ab12')
    expect(say(new KmsError('LIMIT_EXCEEDED', '', { limit: 6144 }))).toContain('6144')
  })

  it('never shows the message of the error', () => {
    for (const code of Object.values(errorCodes).flat()) expect(say(new KmsError(code, 'raw text of main'))).not.toContain('raw text')
  })
})
