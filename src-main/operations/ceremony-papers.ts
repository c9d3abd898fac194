import type { CeremonyProtocol } from '../../src-shared/contract/token-ceremony'
import { utf8 } from '../crypto/bytes'
import { ceremonyTexts, type CeremonyTexts } from './ceremony-texts'
import type { Language } from './desktop-port'
import { escaped, joinedWords } from './paper'

type Row = readonly [name: string, value: string]

const style = 'body{font:11pt/1.5 sans-serif;margin:16mm}h1{font-size:18pt}h2{font-size:13pt}th{text-align:left;font-weight:600;padding-right:8mm;vertical-align:top;white-space:nowrap}td{vertical-align:top}ol.words{columns:3;font:14pt/1.9 monospace}p.signature{margin-top:14mm;border-top:1px solid;width:70mm}'

/** The page of one share for the printer, UTF-8 HTML with the secret words in it: the caller zeroes it. `date`: ISO 8601. */
export function sharePage(language: Language, protocol: CeremonyProtocol, share: { number: number; participant: string; words: readonly string[]; date: string }): Uint8Array {
  const texts = ceremonyTexts[language]
  const rows: Row[] = [
    [texts.custodian, share.participant],
    [texts.share, texts.shareOf(share.number, protocol.shareCount ?? 0, protocol.threshold ?? 0)],
    [texts.set, protocol.setId ?? texts.none],
    [texts.keyCheckValue, protocol.keyCheckValue ?? texts.none],
    [texts.key, protocol.key.label],
    [texts.token, protocol.token.label],
    [texts.made, share.date],
  ]
  const notes = texts.keep.map((note) => `<li>${escaped(note)}</li>`).join('')
  const start = `${head(language, texts.shareTitle)}${table(rows)}<p>${escaped(texts.what)}</p><ul>${notes}</ul><h2>${texts.words}</h2><ol class="words">`
  return joinedWords(utf8(start), share.words, () => ['<li>', '</li>'], utf8('</ol></body></html>'))
}

/** The protocol for the printer, UTF-8 HTML, with a line to sign for everybody who took part. */
export function protocolPage(language: Language, protocol: CeremonyProtocol): Uint8Array {
  const texts = ceremonyTexts[language]
  const steps = stepRows(texts, protocol)
  const signatures = participantsOf(protocol).map((name) => `<p class="signature">${escaped(name)}</p>`).join('')
  return utf8(`${head(language, texts.protocolTitle)}${table(facts(texts, protocol))}<h2>${texts.steps}</h2>${table(steps)}<h2>${texts.signatures}</h2>${signatures}</body></html>`)
}

/** The same as UTF-8 text for a file. */
export function protocolText(language: Language, protocol: CeremonyProtocol): Uint8Array {
  const texts = ceremonyTexts[language]
  const rule = '='.repeat(72)
  const lines = (rows: readonly Row[]) => rows.map(([name, value]) => `${name}: ${value}`)
  const steps = stepRows(texts, protocol).map(([time, what]) => `${time}  ${what}`)
  const signatures = participantsOf(protocol).map((name) => `${name}: ${'_'.repeat(32)}`)
  return utf8(`${[texts.protocolTitle, rule, ...lines(facts(texts, protocol)), '', texts.steps, rule, ...steps, '', texts.signatures, rule, ...signatures].join('\n')}\n`)
}

function facts(texts: CeremonyTexts, { kind, token, key, setId, threshold, shareCount, keyCheckValue }: CeremonyProtocol): Row[] {
  return [
    [texts.kind, texts.kinds[kind]],
    [texts.token, token.isSoftware ? `${token.label} (${texts.software})` : token.label],
    [texts.serial, token.serial],
    [texts.model, `${token.manufacturer} ${token.model}`.trim()],
    [texts.key, key.keySpec === null ? key.label : `${key.label} (${key.keySpec})`],
    [texts.purpose, texts.purposes[key.purpose]],
    [texts.objectId, key.idHex ?? texts.none],
    [texts.set, setId ?? texts.none],
    [texts.split, threshold === null ? texts.none : texts.splitOf(threshold, shareCount)],
    [texts.keyCheckValue, keyCheckValue ?? texts.none],
  ]
}

function stepRows(texts: CeremonyTexts, { steps }: CeremonyProtocol): Row[] {
  return steps.map(({ time, step, number, participant }) => {
    const text = texts.stepTexts[step]
    return [time, number === null ? text : `${text}: ${texts.numbered(number, participant ?? '')}`]
  })
}

function participantsOf({ steps }: CeremonyProtocol): string[] {
  return [...new Set(steps.flatMap(({ participant }) => (participant === null ? [] : [participant])))]
}

function head(language: Language, title: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${title}</title><style>${style}</style></head><body><h1>${title}</h1>`
}

function table(rows: readonly Row[]): string {
  return `<table>${rows.map(([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`).join('')}</table>`
}
