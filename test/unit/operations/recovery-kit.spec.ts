import { expect, test } from 'vitest'
import { recoveryKitPage, recoveryKitText } from '../../../src-main/operations/recovery-kit'

const words = Array.from({ length: 24 }, (_, index) => `word${index + 1}`)
const vault = { name: 'Work <& home>', vaultId: '7d5b6a1e', date: '2026-11-01T10:00:00.000Z' }
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

test.each(['en', 'zh-CN'] as const)('the text holds every word with its number, in %s', (language) => {
  const text = decode(recoveryKitText(language, vault, words))
  for (const [index, word] of words.entries()) expect(text).toContain(`${String(index + 1).padStart(2)}. ${word}\n`)
  expect(text).toContain(vault.name)
  expect(text).toContain(vault.vaultId)
})

test('the two languages differ and none is empty', () => {
  expect(decode(recoveryKitText('en', vault, words))).toContain('open the vault without its passphrase')
  expect(decode(recoveryKitText('zh-CN', vault, words))).toContain('恢复套件')
})

test('the page shows names as text and holds no script', () => {
  const page = decode(recoveryKitPage('en', vault, words))
  expect(page).toContain('Work &lt;&amp; home&gt;')
  expect(page).toContain('<li>word24</li>')
  expect(page).not.toContain('<script')
})
