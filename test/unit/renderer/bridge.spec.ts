import { beforeEach, describe, expect, it } from 'vitest'
import { reactive, ref } from 'vue'
import { kms, onEvent, registerDroppedFiles, withSecrets } from '../../../src-renderer/bridge'
import { openEnvelope } from '../../../src-renderer/bridge/kms'
import { plainCopy } from '../../../src-renderer/bridge/plain-copy'
import { KmsError } from '../../../src-shared/errors'
import { installFakeBridge } from '../../support/fake-bridge'
import type { FakeState } from '../../support/fake/state'

let state: FakeState
beforeEach(() => {
  state = installFakeBridge({ status: { state: 'unlocked' }, keyCount: 3 })
})

describe('the bridge', () => {
  it('answers the value of an envelope', async () => {
    const { total } = await kms.searchKeys()
    expect(total).toBe(3)
  })

  it('rebuilds KmsError with code, message and details', () => {
    const envelope = { ok: false as const, code: 'WRONG_PIN' as const, message: 'The PIN is not right.', details: { attemptsLeft: 3 } }
    try {
      openEnvelope(envelope)
      expect.unreachable()
    } catch (problem) {
      expect(problem).toBeInstanceOf(KmsError)
      expect(problem).toMatchObject({ name: 'KmsError', code: 'WRONG_PIN', message: 'The PIN is not right.', details: { attemptsLeft: 3 } })
    }
  })

  it('rejects with the code that main answers', async () => {
    await expect(kms.describeKey({ keyId: 'no-such-key' })).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' })
  })

  it('sends reactive requests as plain data', async () => {
    const draft = reactive({ description: 'for exports' })
    const { keyMetadata } = await kms.createKey(draft)
    expect(keyMetadata.description).toBe('for exports')
    const nested = reactive({ list: [{ a: 1 }], bytes: new Uint8Array([1, 2]) })
    const copy = plainCopy(nested) as typeof nested
    expect(structuredClone(copy)).toEqual({ list: [{ a: 1 }], bytes: new Uint8Array([1, 2]) })
  })

  it('follows events until it is told to stop', () => {
    const seen: unknown[] = []
    const stop = onEvent('keysChanged', (payload) => seen.push(payload))
    state.emit('keysChanged', { keyId: 'a' })
    stop()
    state.emit('keysChanged', { keyId: 'b' })
    expect(seen).toEqual([{ keyId: 'a' }])
  })

  it('turns dropped files into handles', async () => {
    const [path] = await registerDroppedFiles([new File(['abc'], 'notes.txt')])
    expect(path).toMatchObject({ name: 'notes.txt', isFolder: false })
    expect(path?.handle).toMatch(/^h-[0-9a-f]{32}$/)
  })
})

describe('withSecrets', () => {
  it('empties the fields at once, lends their bytes and zeroes them', async () => {
    const passphrase = ref('pässword 四')
    const pin = ref('271828')
    let lent: Uint8Array[] = []
    await withSecrets([passphrase, pin], async (first, second) => {
      expect([passphrase.value, pin.value]).toEqual(['', ''])
      expect(new TextDecoder().decode(first)).toBe('pässword 四')
      expect(new TextDecoder().decode(second)).toBe('271828')
      lent = [first, second]
    })
    expect(lent.flatMap((bytes) => [...bytes]).every((byte) => byte === 0)).toBe(true)
    expect(lent[0]).toHaveLength(13)
  })

  it('zeroes them after a refusal too', async () => {
    const passphrase = ref('wrong')
    let lent = new Uint8Array()
    const call = withSecrets([passphrase], async (bytes) => {
      lent = bytes as Uint8Array<ArrayBuffer>
      await kms.unlockVault({ passphrase: bytes })
    })
    await expect(call).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
    expect([...lent]).toEqual([0, 0, 0, 0, 0])
  })
})
