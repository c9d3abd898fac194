import { expect, test } from 'vitest'
import { openRequest, sealEnvelope, SealedTransit } from '../../../src-main/faces/ipc/sealed-transit'
import { TransitKey } from '../../../src-main/operations/transit'
import { sealCall } from '../../../src-main/preload/transit'
import type { Envelope } from '../../../src-shared/contract/envelope'

const passphrase = () => new TextEncoder().encode('a canary passphrase')

/** Both ends of one call, as the preload and the router hold them. */
async function oneCall(request: unknown, operation = 'unlockVault', mainOperation = operation) {
  const key = new TransitKey()
  const page = await sealCall(operation, request, key.publicKey)
  const main = key.agree(mainOperation, page.publicKey)
  if (!main) throw new Error('no agreement')
  return { page, main }
}

test('bytes of a request arrive whole, and sealed on the way', async () => {
  const typed = passphrase()
  const { page, main } = await oneCall({ passphrase: typed, name: 'Keystead' })
  const sent = page.request as { passphrase: Uint8Array; name: string }
  expect(sent.name).toBe('Keystead')
  expect(Buffer.from(sent.passphrase).includes('canary')).toBe(false)
  expect(openRequest(main, sent)).toEqual({ passphrase: passphrase(), name: 'Keystead' })
})

test('an answer comes back whole, and main keeps nothing of it', async () => {
  const { page, main } = await oneCall({}, 'decrypt')
  const plaintext = passphrase()
  const recoveryWords = Array.from({ length: 24 }, (_, index) => `wörd${index}`)
  const value = { keyId: 'k', plaintext, recoveryWords: [...recoveryWords], nothing: new Uint8Array(0) }
  const sealed = sealEnvelope(main, { ok: true, value })
  expect(Buffer.from(JSON.stringify(sealed)).includes('rd23')).toBe(false)
  expect([...plaintext].every((byte) => byte === 0)).toBe(true)
  expect(await page.open(sealed as Envelope<Record<string, unknown>>)).toEqual({
    ok: true,
    value: { keyId: 'k', plaintext: passphrase(), recoveryWords, nothing: new Uint8Array(0) },
  })
})

test('a refusal passes as it is', async () => {
  const { page, main } = await oneCall({})
  const refusal = { ok: false as const, code: 'WRONG_PASSPHRASE' as const, message: 'x', details: {} }
  expect(await page.open(sealEnvelope(main, refusal) as Envelope<Record<string, unknown>>)).toEqual(refusal)
})

test('what was sealed for one field, operation or page opens for no other', async () => {
  const { page, main } = await oneCall({ passphrase: passphrase() })
  const { passphrase: sealed } = page.request as { passphrase: Uint8Array }
  expect(() => openRequest(main, { newPassphrase: sealed })).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMETER' }) as Error)
  const other = await oneCall({ passphrase: passphrase() }, 'unlockVault', 'createVault')
  expect(() => openRequest(other.main, other.page.request)).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMETER' }) as Error)
  expect(() => openRequest(new TransitKey().agree('unlockVault', page.publicKey) ?? main, page.request)).toThrow()
})

test('bytes that nobody sealed are refused', async () => {
  const { main } = await oneCall({})
  for (const bytes of [new Uint8Array(0), new Uint8Array(27), passphrase(), new Uint8Array(2 * 1024 * 1024)]) {
    expect(() => openRequest(main, { passphrase: bytes })).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMETER' }) as Error)
  }
})

test('a request that is no object is left to dispatch', async () => {
  for (const request of [undefined, null, 7, 'x', [1]]) {
    const { page, main } = await oneCall(request)
    expect(openRequest(main, page.request)).toEqual(request)
  }
})

test('points that are not on the curve are no page', () => {
  const key = new TransitKey()
  const point = new TransitKey().publicKey
  const off = point.slice()
  off[64] = (off[64] ?? 0) ^ 1
  for (const bad of [new Uint8Array(0), new Uint8Array(65), point.slice(0, 64), off]) expect(key.agree('unlockVault', bad)).toBeNull()
  expect(key.agree('unlockVault', point)).not.toBeNull()
})

test('a page whose key was forgotten cannot begin a call', () => {
  const transit = new SealedTransit()
  const point = new TransitKey().publicKey
  expect(transit.publicKeyFor(1)).toHaveLength(65)
  expect(() => transit.begin(2, 'unlockVault', point)).toThrowError(expect.objectContaining({ code: 'FORBIDDEN_SENDER' }) as Error)
  expect(() => transit.begin(1, 'unlockVault', 'no key')).toThrowError(expect.objectContaining({ code: 'FORBIDDEN_SENDER' }) as Error)
  transit.begin(1, 'unlockVault', point).close()
  transit.forget(1)
  expect(() => transit.begin(1, 'unlockVault', point)).toThrowError(expect.objectContaining({ code: 'FORBIDDEN_SENDER' }) as Error)
})
