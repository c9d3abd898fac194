import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import { kms, quietKms, withSecrets } from '../../../src-renderer/bridge'
import { useTokenLogin } from '../../../src-renderer/composables/use-token-login'
import { useTokenWaits } from '../../../src-renderer/composables/use-token-waits'
import { useJobsStore } from '../../../src-renderer/stores/jobs'
import { findMissedToken, tokenWaitKinds, tokenWaits } from '../../../src-shared/token-waits'
import { flagsOf, type OperationName } from '../../../src-shared/contract/catalog'
import type { JobSummary } from '../../../src-shared/contract/files'
import type { TokenSummary } from '../../../src-shared/contract/tokens'
import { KmsError, type ErrorCode } from '../../../src-shared/errors'
import { installFakeBridge } from '../../support/fake-bridge'
import type { FakeState } from '../../support/fake/state'
import { sampleToken } from '../../support/fake/token-world'

const utf8 = (text: string) => new TextEncoder().encode(text)
const { label, serial } = sampleToken
let state: FakeState
let scope: EffectScope
let waits: ReturnType<typeof useTokenWaits>
let login: ReturnType<typeof useTokenLogin>
/** What is plugged in; null: nothing. */
let here: TokenSummary | null
let keyId: string

/** Operations of the fake main, to put others in their place. */
const operations = () => (window as unknown as { keystead: { operations: Record<string, (request: never) => Promise<unknown>> } }).keystead.operations
const missed = (code: ErrorCode = 'TOKEN_NOT_FOUND', details = { tokenLabel: label, tokenSerial: serial }) => new KmsError(code, '', details)
const plug = (token: TokenSummary | null) => {
  here = token
  state.emit('tokensChanged', { tokenId: null })
}
const typeIn = async (pin: string) => {
  login.pin.value = pin
  await login.logging.run()
}
const isAsking = () => vi.waitFor(() => expect(waits.missed.value).not.toBeNull())

beforeEach(async () => {
  state = installFakeBridge({ status: { state: 'unlocked' }, keyCount: 1 })
  const [key] = state.keys
  keyId = key?.row.keyId ?? ''
  setActivePinia(createPinia())
  here = null
  const { logInToToken } = operations()
  operations()['listTokens'] = async () => ({ ok: true, value: { tokens: here ? [here] : [], emptySlots: 0, problems: [] } })
  operations()['logInToToken'] = async (request) => {
    const answer = (await logInToToken?.(request)) as { ok: boolean }
    if (answer.ok && here) plug({ ...here, login: 'user' })
    return answer
  }
  scope = effectScope()
  scope.run(() => {
    waits = useTokenWaits()
    login = useTokenLogin(() => waits.token.value)
  })
})

afterEach(() => {
  vi.useRealTimers()
  scope.stop()
})

describe('an operation whose token is missed', () => {
  it('waits for the token and for its PIN, and is answered as if nothing had been', async () => {
    state.failures.set('encrypt', missed())
    const secret = utf8('attack at dawn')
    const encrypting = withSecrets([ref('attack at dawn')], (plaintext) => kms.encrypt({ keyId, plaintext }))
    await isAsking()
    expect(waits.missed.value).toEqual({ label, serial })
    expect(waits.waiting.value.map(({ kind }) => kind)).toEqual(['encrypt'])
    expect(waits.token.value).toBeNull()
    plug(sampleToken)
    await vi.waitFor(() => expect(waits.token.value?.tokenId).toBe(sampleToken.tokenId))
    await typeIn('wrong')
    expect(login.logging.error.value?.code).toBe('TOKEN_PIN_WRONG')
    expect(login.pin.value).toBe('')
    expect(waits.missed.value).not.toBeNull()
    await typeIn('123456')
    // The bytes were there for the second try.
    const { ciphertextBlob } = await encrypting
    expect((await kms.decrypt({ ciphertextBlob })).plaintext).toEqual(secret)
    expect(waits.missed.value).toBeNull()
  })

  it('is refused as it was when nobody wants to wait', async () => {
    state.failures.set('rotateKey', missed('TOKEN_LOGIN_NEEDED'))
    here = sampleToken
    const rotating = kms.rotateKey({ keyId })
    const refused = expect(rotating).rejects.toMatchObject({ code: 'TOKEN_LOGIN_NEEDED', details: { tokenLabel: label } })
    await isAsking()
    expect(waits.token.value).not.toBeNull()
    waits.cancel()
    await refused
    expect(waits.missed.value).toBeNull()
  })

  it('goes on with all others that wait for the token, after one PIN', async () => {
    for (const operation of ['encrypt', 'rotateKey', 'createKey'] as const) state.failures.set(operation, missed())
    const all = Promise.all([kms.encrypt({ keyId, plaintext: utf8('x') }), kms.rotateKey({ keyId }), kms.createKey({})])
    await vi.waitFor(() => expect(waits.waiting.value).toHaveLength(3))
    plug(sampleToken)
    await vi.waitFor(() => expect(waits.token.value).not.toBeNull())
    await typeIn('123456')
    expect(await all).toHaveLength(3)
  })

  it('is cancelled with them, one token at a time', async () => {
    state.failures.set('encrypt', missed())
    state.failures.set('rotateKey', missed())
    state.failures.set('createKey', missed('TOKEN_NOT_FOUND', { tokenLabel: 'Other', tokenSerial: '9' }))
    const ended = Promise.allSettled([kms.encrypt({ keyId, plaintext: utf8('x') }), kms.rotateKey({ keyId }), kms.createKey({})])
    await vi.waitFor(() => {
      waits.cancel()
      expect(waits.missed.value?.label).toBe('Other')
    })
    waits.cancel()
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })

  it('does not ask for ever when it is refused with the token there', async () => {
    here = { ...sampleToken, login: 'user' }
    let tries = 0
    operations()['encrypt'] = async () => {
      tries += 1
      return { ok: false, code: 'TOKEN_NOT_FOUND', message: '', details: missed().details }
    }
    await expect(kms.encrypt({ keyId, plaintext: utf8('x') })).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' })
    expect(tries).toBe(2)
    expect(waits.missed.value).toBeNull()
  })

  it('is not asked for in the name of what the page does by itself, nor for other refusals', async () => {
    state.failures.set('encrypt', missed())
    await expect(quietKms.encrypt({ keyId, plaintext: utf8('x') })).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' })
    state.failures.set('searchKeys', missed())
    await expect(kms.searchKeys()).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' })
    state.failures.set('encrypt', new KmsError('TOKEN_NOT_FOUND', ''))
    await expect(kms.encrypt({ keyId, plaintext: utf8('x') })).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' })
    state.failures.set('encrypt', missed('TOKEN_PIN_LOCKED'))
    await expect(kms.encrypt({ keyId, plaintext: utf8('x') })).rejects.toMatchObject({ code: 'TOKEN_PIN_LOCKED' })
    expect(waits.missed.value).toBeNull()
  })

  it('ends with the page, as at lock', async () => {
    state.failures.set('encrypt', missed())
    const refused = expect(kms.encrypt({ keyId, plaintext: utf8('x') })).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' })
    await isAsking()
    scope.stop()
    await refused
    state.failures.set('encrypt', missed())
    await expect(kms.encrypt({ keyId, plaintext: utf8('x') })).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' })
  })
})

describe('the token that is missed', () => {
  it('is told by its serial number from another of its name, and is looked for without being told of', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    state.failures.set('createKey', missed())
    const creating = kms.createKey({})
    await isAsking()
    plug({ ...sampleToken, tokenId: 't-2', serial: 'other', login: 'user' })
    await vi.waitFor(() => expect(waits.store.tokens).toHaveLength(1))
    expect(waits.token.value).toBeNull()
    // Tokens in software may all have one serial number; that of a device is its own.
    expect(findMissedToken([{ ...sampleToken, label: 'renamed' }], { label: sampleToken.label, serial: sampleToken.serial })).toBeNull()
    here = { ...sampleToken, label: 'renamed', isSoftware: false, login: 'user' }
    await vi.advanceTimersByTimeAsync(3000)
    expect((await creating).keyMetadata.keyState).toBe('Enabled')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('operations that wait for tokens', () => {
  const names = Object.keys(tokenWaits) as OperationName[]

  it('need the vault, and have words for what they do', () => {
    expect(names.filter((name) => !flagsOf(name).needsUnlocked)).toEqual([])
    expect(new Set(Object.values(tokenWaits))).toEqual(new Set(tokenWaitKinds))
  })

  it('are none of those that page through, look by themselves, or have logins of their own', () => {
    expect(names.filter((name) => /^(?:list|search|describe|preview|check|compare)|Token/.test(name))).toEqual([])
  })
})

describe('a file job whose token is missed', () => {
  it('goes on when the token is there, or stays as it is', async () => {
    const jobs = useJobsStore()
    const { job } = await kms.decryptFiles({ sources: ['h-1'] })
    const ended: JobSummary = { ...job, state: 'failed', code: 'TOKEN_NOT_FOUND', filesFailed: 1, finishedAt: job.startedAt, missedTokens: [{ label, serial }] }
    const [entry] = state.jobs
    if (entry) entry.job = ended
    const given = jobs.resume(ended)
    await isAsking()
    waits.cancel()
    await given
    expect(entry?.job.state).toBe('failed')
    const resumed = jobs.resume(ended)
    await isAsking()
    plug({ ...sampleToken, login: 'user' })
    await resumed
    expect(jobs.jobs.find(({ jobId }) => jobId === job.jobId)).toMatchObject({ state: 'done', filesFailed: 0 })
  })
})
