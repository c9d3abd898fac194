import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Request } from '../../../src-shared/contract/operations'
import { KmsError } from '../../../src-shared/errors'
import { keyCheckValue } from '../../../src-main/crypto/key-check-value'
import { Ceremony } from '../../../src-main/tokens/ceremony/ceremony'
import type { CeremonyTokens } from '../../../src-main/tokens/ceremony/ceremony-token'
import { KeyCeremonies } from '../../../src-main/tokens/ceremony/key-ceremonies'

const tokenId = 't-00112233445566778899aabb'
const token = { label: 'Vault door', serial: '0815', manufacturer: 'Example', model: 'One', isSoftware: false }
const participants = ['Ada', 'Bob', 'Eve', 'Dan', 'Fay']
const combine: Request<'startKeyCeremony'> = { tokenId, label: 'master', purpose: 'encrypt' }
const generate: Request<'startKeyCeremony'> = { ...combine, split: { keySpec: 'AES_256', threshold: 3, participants } }
const typed = (words: readonly string[]) => new TextEncoder().encode(words.join(' '))
const codeOf = (error: unknown) => (error instanceof KmsError ? error.code : error)
const refusalOf = (act: () => unknown) => {
  try {
    return act()
  } catch (error) {
    return codeOf(error)
  }
}

/** A token that remembers what was put on it. */
class FakeTokens implements CeremonyTokens {
  readonly keys: Uint8Array[] = []
  removed = 0
  lent: Uint8Array | null = null
  /** Of the token's own reckoning; null when it cannot. */
  answers: (key: Uint8Array) => string | null = (key) => keyCheckValue('AES', key)
  refusal: KmsError | null = null
  meanwhile: () => void = () => undefined

  describe = () => Promise.resolve(token)

  async write(_tokenId: string, _about: unknown, key: Uint8Array) {
    this.lent = key
    this.meanwhile()
    if (this.refusal) throw this.refusal
    const kept = key.slice()
    this.keys.push(kept)
    return { idHex: 'a1', checkValue: () => Promise.resolve(this.answers(kept)), remove: () => Promise.resolve(void this.removed++) }
  }
}

let tokens: FakeTokens
let ceremonies: KeyCeremonies

beforeEach(() => {
  vi.useFakeTimers()
  vi.setSystemTime(Date.parse('2026-11-01T10:00:00Z'))
  tokens = new FakeTokens()
  ceremonies = new KeyCeremonies({ tokens, clock: { nowMs: () => Date.now() } })
})

afterEach(() => {
  ceremonies.close()
  vi.useRealTimers()
})

/** Shows and confirms every share of a ceremony and tells their words. */
function hand(ceremony: Ceremony): string[][] {
  const all: string[][] = []
  for (let { current } = ceremony.state; current !== null; { current } = ceremony.state) {
    const { words } = ceremony.words(current.number)
    all.push(words)
    ceremony.confirm(current.number, typed(words))
  }
  return all
}

async function madeShares(): Promise<{ shares: string[][]; key: Uint8Array }> {
  const ceremony = await ceremonies.start(generate)
  const shares = hand(ceremony)
  await ceremony.finish(null)
  return { shares, key: tokens.keys.at(-1)! }
}

describe('a key that is made and split', () => {
  it('goes share by share, and to the token when every share is confirmed', async () => {
    const ceremony = await ceremonies.start(generate)
    expect(ceremony.state).toMatchObject({ kind: 'generate', threshold: 3, shares: [], current: { number: 1, participant: 'Ada' }, isReady: false, isFinished: false })
    expect(ceremony.state.keyCheckValue).toMatch(/^[0-9a-f]{6}$/)
    await expect(ceremony.finish(null)).rejects.toMatchObject({ code: 'CEREMONY_STEP' })
    hand(ceremony)
    expect(ceremony.state).toMatchObject({ current: null, isReady: true, shares: participants.map((participant, index) => ({ number: index + 1, participant })) })
    await ceremony.finish(null)
    expect(ceremony.state).toMatchObject({ isReady: false, isFinished: true })
    expect(keyCheckValue('AES', tokens.keys[0]!)).toBe(ceremony.state.keyCheckValue)
    expect(tokens.keys[0]).toHaveLength(32)
    await expect(ceremony.finish(null)).rejects.toMatchObject({ code: 'CEREMONY_STEP' })
  })

  it('shows only the share whose turn it is, and none again once it is confirmed', async () => {
    const ceremony = await ceremonies.start(generate)
    const first = ceremony.words(1)
    expect(first.custodian).toEqual({ number: 1, participant: 'Ada' })
    expect(ceremony.words(1)).toEqual(first)
    expect(refusalOf(() => ceremony.words(2))).toBe('CEREMONY_STEP')
    ceremony.confirm(1, typed(first.words))
    expect(refusalOf(() => ceremony.words(1))).toBe('CEREMONY_STEP')
    expect(refusalOf(() => ceremony.confirm(1, typed(first.words)))).toBe('CEREMONY_STEP')
  })

  it('takes no other words for a share than its own', async () => {
    const { shares: others } = await madeShares()
    const ceremony = await ceremonies.start(generate)
    const { words } = ceremony.words(1)
    expect(refusalOf(() => ceremony.confirm(1, typed(words.with(4, 'canary'.concat('word')))))).toBe('SHARE_MISTYPED')
    expect(refusalOf(() => ceremony.confirm(1, typed(words.toReversed())))).toBe('SHARE_MISTYPED')
    expect(refusalOf(() => ceremony.confirm(1, typed(others[0]!)))).toBe('SHARE_OTHER_SET')
    ceremony.confirm(1, typed(words))
    expect(refusalOf(() => ceremony.confirm(2, typed(words)))).toBe('SHARE_UNEXPECTED')
    expect(ceremony.state.current).toEqual({ number: 2, participant: 'Bob' })
  })

  it('tells every step with its time and nothing secret', async () => {
    const ceremony = await ceremonies.start(generate)
    vi.setSystemTime(Date.parse('2026-11-01T10:05:00Z'))
    const words = hand(ceremony).flat()
    await ceremony.finish(null)
    const { protocol } = ceremony
    expect(protocol).toMatchObject({ kind: 'generate', token, key: { label: 'master', keySpec: 'AES_256', purpose: 'encrypt', idHex: 'a1' }, threshold: 3, shareCount: 5, keyCheckValue: ceremony.state.keyCheckValue })
    expect(protocol.steps.map(({ step }) => step)).toEqual(['started', 'key-known', ...participants.map(() => 'share-confirmed'), 'key-written', 'key-checked'])
    expect(protocol.steps[2]).toEqual({ time: '2026-11-01T10:05:00.000Z', step: 'share-confirmed', number: 1, participant: 'Ada' })
    const all = JSON.stringify(protocol)
    expect(all).not.toContain(Buffer.from(tokens.keys[0]!).toString('hex'))
    expect(all).not.toContain(words.slice(2, 5).join(' '))
  })

  it('lends the key to the token and zeroes what it has lent', async () => {
    await madeShares()
    expect(tokens.lent).toEqual(new Uint8Array(32))
  })

  it('may be tried again after the token has refused', async () => {
    const ceremony = await ceremonies.start(generate)
    hand(ceremony)
    tokens.refusal = new KmsError('TOKEN_PIN_WRONG', 'The PIN is not right.')
    await expect(ceremony.finish(null)).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG' })
    tokens.refusal = null
    await ceremony.finish(null)
    expect(ceremony.state.isFinished).toBe(true)
  })

  it('says when the token could not check the key, and takes a key away that is another', async () => {
    const one = await ceremonies.start(generate)
    hand(one)
    tokens.answers = () => null
    await one.finish(null)
    expect(one.protocol.steps.map(({ step }) => step).slice(-2)).toEqual(['key-written', 'key-not-checked'])
    const other = await ceremonies.start(generate)
    hand(other)
    tokens.answers = () => '000000'
    await expect(other.finish(null)).rejects.toMatchObject({ code: 'CEREMONY_KEY_DIFFERS' })
    expect(tokens.removed).toBe(1)
    expect(other.state.isFinished).toBe(false)
  })
})

describe('a key that is put together', () => {
  it('is the same from any shares that are enough', async () => {
    const { shares, key } = await madeShares()
    for (const chosen of [[0, 1, 2], [4, 2, 0], [3, 1, 4]]) {
      const ceremony = await ceremonies.start(combine)
      for (const index of chosen) await ceremony.add(`Custodian ${index}`, typed(shares[index]!))
      expect(ceremony.state).toMatchObject({ kind: 'combine', threshold: 3, isReady: true, keyCheckValue: keyCheckValue('AES', key), shares: chosen.map((index) => ({ number: index + 1, participant: `Custodian ${index}` })) })
      await ceremony.finish(null)
      expect(tokens.keys.at(-1)).toEqual(key)
      expect(ceremony.protocol).toMatchObject({ kind: 'combine', shareCount: null, key: { keySpec: 'AES_256' } })
    }
  })

  it('needs as many shares as it was split for, and takes no more', async () => {
    const { shares } = await madeShares()
    const ceremony = await ceremonies.start(combine)
    await expect(ceremony.finish(null)).rejects.toMatchObject({ code: 'SHARES_TOO_FEW' })
    await ceremony.add('Ada', typed(shares[0]!))
    await ceremony.add('Bob', typed(shares[1]!))
    expect(ceremony.state).toMatchObject({ isReady: false, keyCheckValue: null })
    await expect(ceremony.finish(null)).rejects.toMatchObject({ code: 'SHARES_TOO_FEW' })
    await ceremony.add('Eve', typed(shares[2]!))
    await expect(ceremony.add('Dan', typed(shares[3]!))).rejects.toMatchObject({ code: 'CEREMONY_STEP' })
  })

  it('takes no share twice, of another set, or mistyped', async () => {
    const { shares } = await madeShares()
    const { shares: others } = await madeShares()
    const ceremony = await ceremonies.start(combine)
    const [first] = shares
    await ceremony.add('Ada', typed(first!))
    await expect(ceremony.add('Bob', typed(first!))).rejects.toMatchObject({ code: 'SHARE_REPEATED' })
    await expect(ceremony.add('Bob', typed(others[1]!))).rejects.toMatchObject({ code: 'SHARE_OTHER_SET' })
    await expect(ceremony.add('Bob', typed(shares[1]!.toReversed()))).rejects.toMatchObject({ code: 'SHARE_MISTYPED' })
    await ceremony.add('Bob', typed(shares[1]!))
    expect(ceremony.state.shares).toHaveLength(2)
  })

  it('has no steps of the other kind', async () => {
    const ceremony = await ceremonies.start(combine)
    expect(refusalOf(() => ceremony.words(1))).toBe('CEREMONY_STEP')
    const { shares } = await madeShares()
    const other = await ceremonies.start(generate)
    await expect(other.add('Ada', typed(shares[0]!))).rejects.toMatchObject({ code: 'CEREMONY_STEP' })
  })
})

describe('a ceremony ends', () => {
  it('when it is cancelled: the key is gone and the id means nothing', async () => {
    const ceremony = await ceremonies.start(generate)
    ceremonies.cancel(ceremony.ceremonyId)
    expect(refusalOf(() => ceremonies.at(ceremony.ceremonyId))).toBe('CEREMONY_NOT_FOUND')
    expect(refusalOf(() => ceremony.words(1))).toBe('CEREMONY_STEP')
  })

  it('after 30 minutes without a step, and not before', async () => {
    const { ceremonyId } = await ceremonies.start(generate)
    vi.advanceTimersByTime(29 * 60_000)
    ceremonies.at(ceremonyId)
    vi.advanceTimersByTime(29 * 60_000)
    expect(ceremonies.at(ceremonyId).state.current?.number).toBe(1)
    vi.advanceTimersByTime(30 * 60_000)
    expect(refusalOf(() => ceremonies.at(ceremonyId))).toBe('CEREMONY_NOT_FOUND')
  })

  it('when another begins', async () => {
    const { ceremonyId } = await ceremonies.start(generate)
    const other = await ceremonies.start(combine)
    expect(refusalOf(() => ceremonies.at(ceremonyId))).toBe('CEREMONY_NOT_FOUND')
    expect(ceremonies.at(other.ceremonyId).state.kind).toBe('combine')
  })

  it('at a lock, also one that comes while it begins', async () => {
    const beginning = ceremonies.start(generate)
    ceremonies.close()
    await expect(beginning).rejects.toMatchObject({ code: 'CEREMONY_NOT_FOUND' })
  })

  it('at a lock while the key is written, and cannot be cancelled then', async () => {
    const ceremony = await ceremonies.start(generate)
    hand(ceremony)
    tokens.meanwhile = () => expect(refusalOf(() => ceremonies.cancel(ceremony.ceremonyId))).toBe('CEREMONY_STEP')
    tokens.answers = () => {
      throw new Error('the token was asked after the lock')
    }
    const finishing = ceremony.finish(null)
    ceremonies.close()
    await expect(finishing).rejects.toMatchObject({ code: 'CEREMONY_NOT_FOUND' })
  })
})
