import { describe, expect, it } from 'vitest'
import { splitProblem } from '../../../src-shared/model/ceremony'
import { draftProblem, newCeremonyDraft } from '../../../src-renderer/features/tokens/ceremony/ceremony-draft'

const names = (count: number) => Array.from({ length: count }, (_, index) => `Custodian ${index}`)

describe('a split', () => {
  it.each([
    [2, 2, null],
    [16, 16, null],
    [5, 3, null],
    [1, 2, 'too-few'],
    [17, 3, 'too-many'],
    [5, 1, 'threshold'],
    [5, 6, 'threshold'],
    [5, 2.5, 'threshold'],
  ])('of %i with %d needed: %s', (count, threshold, problem) => {
    expect(splitProblem({ participants: names(count), threshold })).toBe(problem)
  })

  it('gives every share to somebody else', () => {
    expect(splitProblem({ participants: ['Ada', ' '], threshold: 2 })).toBe('name-missing')
    expect(splitProblem({ participants: ['Ada', 'Ada '], threshold: 2 })).toBe('name-twice')
  })
})

describe('what is asked for before a ceremony', () => {
  const named = () => ({ ...newCeremonyDraft(), label: 'master', participants: names(3).map((name, id) => ({ id, name })) })

  it('is a label that tokens take, and a split when a key is made', () => {
    expect(draftProblem(named())).toBeNull()
    expect(draftProblem({ ...named(), label: '  ' })).toBe('label')
    expect(draftProblem({ ...named(), label: 'ключ'.repeat(40) })).toBe('label-long')
    expect(draftProblem({ ...newCeremonyDraft(), label: 'master' })).toBe('name-missing')
    expect(draftProblem({ ...newCeremonyDraft(), label: 'master', kind: 'combine' })).toBeNull()
  })
})
