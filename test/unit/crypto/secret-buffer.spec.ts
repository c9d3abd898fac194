import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'

const canary = 'canary-7f3a91'
const fromText = (text: string): SecretBuffer => SecretBuffer.take(new TextEncoder().encode(text))

describe('SecretBuffer', () => {
  it('takes the bytes over and zeroes the source', () => {
    const source = Uint8Array.of(1, 2, 3)
    const secret = SecretBuffer.take(source)
    expect([...source]).toEqual([0, 0, 0])
    expect(secret.use((bytes) => [...bytes])).toEqual([1, 2, 3])
  })

  it('owns memory that nothing else shares', () => {
    const secret = SecretBuffer.take(Buffer.from(canary))
    expect(secret.use((bytes) => bytes.buffer.byteLength)).toBe(canary.length)
  })

  it('zeroes its bytes on destroy and refuses later use', () => {
    const secret = fromText(canary)
    const lent = secret.use((bytes) => bytes)
    secret.destroy()
    expect(lent.every((byte) => byte === 0)).toBe(true)
    expect(secret.isDestroyed).toBe(true)
    expect(() => secret.use(() => 1)).toThrow('after destroy')
    expect(() => secret.destroy()).not.toThrow()
  })

  it('keeps a clone alive on its own', () => {
    const secret = fromText(canary)
    const clone = secret.clone()
    secret.destroy()
    expect(clone.equals(new TextEncoder().encode(canary))).toBe(true)
    expect(clone.equals(new TextEncoder().encode(`${canary}!`))).toBe(false)
  })

  it('shows a mask wherever it is printed', () => {
    const secret = fromText(canary)
    const shown = [String(secret), JSON.stringify({ secret }), inspect(secret), inspect({ deep: [secret] }), inspect(secret, { showHidden: true })]
    for (const text of shown) expect(text).toContain('[SecretBuffer]')
    for (const text of shown) expect(text).not.toContain('99, 97, 110')
  })

  it('draws random bytes', () => {
    expect(SecretBuffer.random(32).equals(SecretBuffer.random(32).use((bytes) => bytes))).toBe(false)
  })
})
