import type { ImportRow } from '../../../../src-shared/contract/secret-exchange'
import { kms } from '../../../bridge'

const rowsPerCall = 500

/** How rows of an import stand now, by their index; those asked for and others near them. Throws KmsError. */
export async function rowStatuses(importId: string, indexes: Iterable<number>): Promise<ReadonlyMap<number, ImportRow['status']>> {
  const found = new Map<number, ImportRow['status']>()
  for (const offset of [...indexes].toSorted((a, b) => a - b)) {
    if (found.has(offset)) continue
    const { rows } = await kms.listImportRows({ importId, offset, count: rowsPerCall })
    for (const { index, status } of rows) found.set(index, status)
  }
  return found
}
