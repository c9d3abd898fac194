import { describe, expect, it } from 'vitest'
import { parseReference } from '../../../../../src-main/faces/cli/references/reference'
import { isKmsError } from '../../../../../src-shared/errors'

const current = { stage: null, version: null }

function problem(reference: string): string {
  try {
    parseReference(reference)
  } catch (error) {
    if (isKmsError(error, 'INVALID_PARAMETER')) return error.message
    throw error
  }
  return 'accepted'
}

describe('parseReference', () => {
  it('reads a name and what of it may be a field, the longest name first', () => {
    expect(parseReference('keystead://db')).toEqual({ meanings: [{ secretName: 'db', field: null }], ...current })
    expect(parseReference('keystead://app/prod/db')).toEqual({
      meanings: [
        { secretName: 'app/prod/db', field: null },
        { secretName: 'app/prod', field: 'db' },
        { secretName: 'app', field: 'prod/db' },
      ],
      ...current,
    })
  })

  it('reads a field after # of that very secret', () => {
    expect(parseReference('keystead://app/db#pass word')).toEqual({ meanings: [{ secretName: 'app/db', field: 'pass word' }], ...current })
    expect(parseReference('keystead://app/db#a%2Fb%3F%23').meanings).toEqual([{ secretName: 'app/db', field: 'a/b?#' }])
  })

  it('reads a stage or a version, before or after the field', () => {
    const meanings = [{ secretName: 'db', field: 'password' }]
    expect(parseReference('keystead://db?stage=ACSPrevious#password')).toEqual({ meanings, stage: 'ACSPrevious', version: null })
    expect(parseReference('keystead://db#password?version=v+1')).toEqual({ meanings, stage: null, version: 'v+1' })
    expect(parseReference('keystead://db/password?stage=My%20Stage')).toMatchObject({ stage: 'My Stage' })
  })

  it('takes escapes in fields only, because no name has any', () => {
    expect(parseReference('keystead://db/pass%20word').meanings).toEqual([{ secretName: 'db', field: 'pass word' }])
  })

  it.each([
    'keystead:db',
    'https://db',
    'keystead:///db',
    'keystead://db/',
    'keystead://d b',
    'keystead://?stage=a',
    'keystead://db?',
    'keystead://db?stage=',
    'keystead://db?stage=a&version=b',
    'keystead://db?state=a',
    'keystead://db?stage=a#b?stage=c',
    'keystead://db#',
    'keystead://db#%zz',
    'keystead://db#a#b',
    'keystead://db\n',
  ])('refuses %j without repeating it', (reference) => {
    expect(problem(reference)).toMatch(/^Not a reference: /)
    expect(problem(reference)).not.toContain(reference)
  })

  it('refuses a reference to nothing', () => {
    expect(problem('keystead://')).toMatch(/^Not a reference: /)
  })
})
