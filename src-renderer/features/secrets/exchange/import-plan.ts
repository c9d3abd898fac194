import type { Response } from '../../../../src-shared/contract/operations'
import type { CsvRole } from '../../../../src-shared/contract/secret-exchange'
import { secretLimits } from '../../../../src-shared/model/secrets'
import { folderFault, type NameFault } from '../secret-names'

export const csvRoles = ['name', 'folder', 'username', 'password', 'url', 'totp', 'notes', 'tags', 'field', 'secret-field', 'ignore'] as const satisfies readonly CsvRole[]

/** Roles that one column can have; the others may be several. */
const singleRoles: readonly CsvRole[] = ['name', 'folder', 'username', 'password', 'url', 'totp', 'notes']

export const nameChoices = ['skip', 'rename', 'new-version'] as const
export type NameChoice = (typeof nameChoices)[number]

export type ImportPreview = Response<'previewSecretImport'>
export type ImportCounts = ImportPreview['counts']

/** The roles with `role` at `place`; a role that can be once only is taken from the column that had it. */
export function withRole(roles: readonly CsvRole[], place: number, role: CsvRole): CsvRole[] {
  return roles.map((other, at) => {
    if (at === place) return role
    return other === role && singleRoles.includes(role) ? 'ignore' : other
  })
}

/** What an import would do by its counts; `skipped` are boxes of rows that are not refused. */
export function plannedCounts(counts: ImportCounts, skipped: { new: number; taken: number }, choice: NameChoice): { creates: number; versions: number; leaves: number } {
  const fresh = counts.new - skipped.new
  const taken = counts.taken - skipped.taken
  const leaves = counts.refused + skipped.new + skipped.taken
  if (choice === 'skip') return { creates: fresh, versions: 0, leaves: leaves + taken }
  return choice === 'rename' ? { creates: fresh + taken, versions: 0, leaves } : { creates: fresh, versions: taken, leaves }
}

/** Null for a folder that an import can go to, empty for none; otherwise what to say about it. */
export function importFolderFault(folder: string): NameFault | null {
  return folder.length > secretLimits.importFolderChars ? 'tooLong' : folderFault(folder)
}
