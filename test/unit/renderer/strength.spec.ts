import { describe, expect, it } from 'vitest'
import { createEstimator } from '../../../src-renderer/composables/load-estimator'
import { toStrength, weakestScore } from '../../../src-renderer/composables/strength'
import { en } from '../../../src-renderer/i18n/en'

const { warning, suggestion } = en.unlock.strength

describe('toStrength', () => {
  it('prefers the warning, then the first suggestion', () => {
    expect(toStrength({ score: 1, feedback: { warning: 'dates', suggestions: ['anotherWord'] } })).toEqual({ score: 1, hint: 'warning.dates' })
    expect(toStrength({ score: 2, feedback: { warning: null, suggestions: ['anotherWord', 'l33t'] } })).toEqual({ score: 2, hint: 'suggestion.anotherWord' })
    expect(toStrength({ score: 0, feedback: { warning: '', suggestions: [] } })).toEqual({ score: 0, hint: null })
  })

  it('gives strong passphrases no hint', () => {
    expect(toStrength({ score: 4, feedback: { warning: 'dates', suggestions: ['dates'] } })).toEqual({ score: 4, hint: null })
  })
})

describe('the estimator', () => {
  const estimate = createEstimator()
  const judged = (passphrase: string, personal: string[] = []) => estimate(passphrase, personal)

  it('refuses what is easy to guess and says why by name', () => {
    expect(judged('password')).toEqual({ score: 0, hint: 'warning.topTen' })
    expect(judged('qwertyuiop').score).toBeLessThan(weakestScore)
    expect(judged('aaaaaaaaaaaa')).toEqual({ score: 0, hint: 'warning.simpleRepeat' })
    expect(judged('workstation1', ['workstation']).hint).toBe('warning.userInputs')
  })

  it('lets several random words pass', () => {
    expect(judged('violet tractor under moss').score).toBe(4)
    expect(judged('correct horse battery staple').score).toBeGreaterThanOrEqual(weakestScore)
  })

  it('answers only hints that have a text', () => {
    const samples = ['password', '19841984', 'abcdefgh', 'zxcvbnm,', 'drowssap', 'p4ssw0rd', 'JohnSmith', '12.03.1999', 'PASSWORD', 'abcabcabc', 'elephant', 'Zebra2019', 'Mary', 'x7$k']
    for (const sample of samples) {
      const [kind, name = ''] = judged(sample).hint?.split('.') ?? []
      if (kind) expect(kind === 'warning' ? warning : suggestion, sample).toHaveProperty(name)
    }
  })
})
