import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import { fitsLength } from '../../../src-renderer/components/tokens/pin-length'
import { actsOf } from '../../../src-renderer/features/tokens/token-acts'
import { stateOf } from '../../../src-renderer/features/tokens/token-looks'
import { auditedOperations } from '../../../src-renderer/features/audit/filter'
import { errorText } from '../../../src-renderer/i18n/error-text'
import { en } from '../../../src-renderer/i18n/en'
import { KmsError } from '../../../src-shared/errors'
import { moduleFileProblems } from '../../../src-shared/model/tokens'
import { sampleToken } from '../../support/fake/token-world'

describe('a token', () => {
  it('offers what can be done with it, the likeliest first', () => {
    expect(actsOf(sampleToken)).toEqual(['log-in', 'log-in-so', 'change-pin', 'change-so-pin', 'set-user-pin', 'initialise'])
    expect(actsOf({ ...sampleToken, login: 'user' }).slice(0, 2)).toEqual(['log-out', 'log-in-so'])
    expect(actsOf({ ...sampleToken, login: 'so' }).slice(0, 2)).toEqual(['log-out', 'log-in'])
    expect(actsOf({ ...sampleToken, isInitialized: false })).toEqual(['initialise'])
    expect(actsOf({ ...sampleToken, userPin: 'locked' })).toEqual(['set-user-pin', 'log-in-so', 'change-so-pin', 'initialise'])
    expect(actsOf({ ...sampleToken, userPin: 'to-be-changed' })[0]).toBe('change-pin')
    expect(actsOf({ ...sampleToken, isWriteProtected: true })).toEqual(['log-in', 'log-in-so'])
    expect(actsOf({ ...sampleToken, userPin: 'locked', soPin: 'locked' })).toEqual([])
  })

  it('has one word for how it stands', () => {
    expect(stateOf(sampleToken)).toBe('out')
    expect(stateOf({ ...sampleToken, login: 'so' })).toBe('so')
    expect(stateOf({ ...sampleToken, userPin: 'locked' })).toBe('user-locked')
    expect(stateOf({ ...sampleToken, userPin: 'not-set' })).toBe('no-pin')
    expect(stateOf({ ...sampleToken, isInitialized: false, userPin: 'not-set' })).toBe('new')
  })

  it('takes PINs by their bytes, and any where it says nothing of their length', () => {
    const limits = { minPinBytes: 4, maxPinBytes: 8 }
    expect(['123', '1234', '12345678', '123456789', 'пин1', 'пин12', ''].map((pin) => fitsLength(pin, limits))).toEqual([false, true, true, false, true, true, false])
    expect(fitsLength('x', { minPinBytes: 0, maxPinBytes: 0 })).toBe(true)
    expect(fitsLength('', { minPinBytes: 0, maxPinBytes: 8 })).toBe(false)
  })
})

describe('refusals of tokens', () => {
  const { t } = createI18n({ legacy: false, locale: 'en', messages: { en } }).global
  const say = (error: KmsError) => errorText(t, error)

  it('say what is left of the tries', () => {
    expect(say(new KmsError('TOKEN_PIN_WRONG', '', { pinState: 'final' }))).toContain('One try is left')
    expect(say(new KmsError('TOKEN_PIN_WRONG', '', { pinState: 'locked' }))).toBe(en.errors.TOKEN_PIN_LOCKED)
    expect(say(new KmsError('TOKEN_PIN_WRONG', '', { pinState: 'low' }))).toBe(en.errors.TOKEN_PIN_WRONG)
  })

  it('say what is wrong with the file of a module', () => {
    const texts = moduleFileProblems.map((moduleProblem) => say(new KmsError('TOKEN_MODULE_UNSUITABLE', '', { moduleProblem })))
    expect(new Set(texts).size).toBe(moduleFileProblems.length)
    expect(texts).not.toContain(en.errors.TOKEN_MODULE_UNSUITABLE)
  })
})

it('is found in the activity by what was done with it, as only looking is not written there', () => {
  expect(auditedOperations).toEqual(expect.arrayContaining(['logInToToken', 'initToken', 'addTokenModule', 'generateTokenKey', 'signWithTokenKey', 'finishKeyCeremony']))
  for (const name of ['listTokens', 'listTokenObjects', 'listTokenVaultUses', 'tokenRandom', 'getCeremonyProtocol'] as const) expect(auditedOperations).not.toContain(name)
})
