import { utf8 } from '../crypto/bytes'
import type { Language } from './desktop-port'
import { escaped, joinedWords } from './paper'

interface KitTexts {
  title: string
  vault: (name: string) => string
  made: (date: string) => string
  what: string
  keep: readonly string[]
  use: string
  words: string
}

/** What is known of the vault whose words are written down. */
export interface KitVault {
  name: string
  vaultId: string
  date: string
}

const texts: Record<Language, KitTexts> = {
  en: {
    title: 'Keystead recovery kit',
    vault: (name) => `Vault: ${name}`,
    made: (date) => `Made: ${date}`,
    what: 'These 24 words open the vault without its passphrase. Whoever has them and a copy of the vault can read everything in it.',
    keep: [
      'Keep them on paper or on a device that is not connected to anything, apart from this computer.',
      'Do not photograph them and do not send them.',
      'When somebody may have seen them, make a new kit: Settings, Security, Renew recovery kit. The old one stops working.',
    ],
    use: 'To use them: on the unlock screen choose "Use the recovery kit", type the words in order and set a new passphrase.',
    words: 'Words',
  },
  'zh-CN': {
    title: 'Keystead 恢复套件',
    vault: (name) => `保险库：${name}`,
    made: (date) => `生成时间：${date}`,
    what: '以下 24 个单词无需主密码即可打开保险库。任何持有这些单词和保险库副本的人都能读取其中的全部内容。',
    keep: [
      '请写在纸上或保存在不联网的设备中，并与本计算机分开存放。',
      '不要拍照，也不要发送给任何人。',
      '如果可能已被他人看到，请生成新的恢复套件：设置 → 安全 → 更新恢复套件。旧的套件随即失效。',
    ],
    use: '使用方法：在解锁界面选择“使用恢复套件”，按顺序输入单词并设置新的主密码。',
    words: '单词',
  },
}

/**
 * The kit as UTF-8 text for a file. The words are joined as bytes, never as one string, and the caller zeroes the
 * result.
 */
export function recoveryKitText(language: Language, vault: KitVault, words: readonly string[]): Uint8Array {
  const text = texts[language]
  const rule = '='.repeat(72)
  const notes = text.keep.map((note) => `- ${note}`)
  const head = [text.title, rule, text.vault(vault.name), `ID: ${vault.vaultId}`, text.made(vault.date), '', text.what, '', ...notes, '', text.use]
  const start = utf8(`${head.join('\n')}\n\n${text.words}\n${rule}\n`)
  return joinedWords(start, words, (number) => [`${String(number).padStart(2)}. `, '\n'], utf8(`${rule}\n`))
}

/** The kit as a UTF-8 HTML page for the printer, otherwise as recoveryKitText. */
export function recoveryKitPage(language: Language, vault: KitVault, words: readonly string[]): Uint8Array {
  const text = texts[language]
  const notes = text.keep.map((note) => `<li>${escaped(note)}</li>`).join('')
  const style = 'body{font:12pt/1.5 sans-serif;margin:18mm}ol{columns:3;font:14pt/1.9 monospace}h1{font-size:20pt}'
  const start = utf8(
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${text.title}</title><style>${style}</style></head><body>` +
      `<h1>${text.title}</h1><p>${escaped(text.vault(vault.name))}<br>ID: ${escaped(vault.vaultId)}<br>${escaped(text.made(vault.date))}</p>` +
      `<p>${escaped(text.what)}</p><ul>${notes}</ul><p>${escaped(text.use)}</p><h2>${text.words}</h2><ol>`,
  )
  return joinedWords(start, words, () => ['<li>', '</li>'], utf8('</ol></body></html>'))
}
