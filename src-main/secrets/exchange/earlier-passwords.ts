import { secretLimits } from '../../../src-shared/model/secrets'
import type { FieldList } from './field-list'
import type { ImportedVersion } from './imported'

/** A password that an entry had, and since when. */
export interface EarlierPassword {
  readonly password: string
  readonly createdAt: number | null
}

/**
 * Versions of an entry with its earlier passwords, oldest first, each with the other fields as they are now. No more are
 * made than it takes to see that some were left out: the current one may be the last of them.
 */
export function earlierVersions(current: FieldList, earlier: readonly EarlierPassword[]): ImportedVersion[] {
  const different = earlier.filter(({ password }, at) => password !== '' && password !== earlier[at + 1]?.password)
  return different.slice(-secretLimits.versions - 1).map(({ password, createdAt }) => ({ fields: current.withPassword(password), createdAt }))
}
