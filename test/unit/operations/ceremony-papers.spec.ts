import { expect, test } from 'vitest'
import type { CeremonyProtocol } from '../../../src-shared/contract/token-ceremony'
import { protocolPage, protocolText, sharePage } from '../../../src-main/operations/ceremony-papers'

const protocol: CeremonyProtocol = {
  kind: 'generate',
  token: { label: 'Door <1>', serial: '0815', manufacturer: 'Example', model: 'One', isSoftware: true },
  key: { label: 'master', keySpec: 'AES_256', purpose: 'wrap', idHex: 'a1b2' },
  setId: '5f3a',
  threshold: 2,
  shareCount: 3,
  keyCheckValue: '08d7b4',
  steps: [
    { time: '2026-11-01T10:00:00.000Z', step: 'started', number: null, participant: null },
    { time: '2026-11-01T10:05:00.000Z', step: 'share-confirmed', number: 1, participant: 'Ada & co' },
  ],
}
const words = Array.from({ length: 29 }, (_, index) => `word${index + 1}`)
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const share = { number: 1, participant: 'Ada & co', words, date: '2026-11-01T10:05:00.000Z' }

test('the page of a share has all that its custodian needs, as text', () => {
  const page = decode(sharePage('en', protocol, share))
  for (const part of ['Ada &amp; co', '1 of 3; any 2 give the key', '5f3a', '08d7b4', 'Door &lt;1&gt;', '2026-11-01T10:05:00.000Z', '<li>word1</li>', '<li>word29</li>']) expect(page).toContain(part)
  expect(page).not.toContain('<script')
})

test('the protocol says what was done, and who signs', () => {
  const text = decode(protocolText('en', protocol))
  for (const line of ['Token: Door <1> (software token, for trying out)', 'Shares: 3, of which 2 are needed', 'Key: master (AES_256)', '2026-11-01T10:05:00.000Z  Share written down and typed back: share 1, Ada & co', `Ada & co: ${'_'.repeat(32)}`]) expect(text).toContain(`${line}\n`)
  expect(decode(protocolPage('en', protocol))).toContain('<p class="signature">Ada &amp; co</p>')
})

test('both are in Chinese too', () => {
  expect(decode(sharePage('zh-CN', protocol, share))).toContain('第 1 份，共 3 份；任意 2 份可恢复密钥')
  expect(decode(protocolText('zh-CN', protocol))).toContain('已抄写分片并输入核对: 第 1 份，Ada & co')
})
