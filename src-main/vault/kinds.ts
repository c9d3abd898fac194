import type { RecordKind } from './records'

/** Rows that the vault keeps for itself, beside those of the services. */
type InternalKind = 'slot-usage' | 'audit-signature'

/** Every kind of row. */
export type RowKind = RecordKind | InternalKind

/** The number of each kind in the store and in associated data (vault-format section 4). A number is never used again. */
export const kindNumbers: Readonly<Record<RowKind, number>> = {
  key: 1,
  'key-material': 2,
  'key-usage': 3,
  'public-key': 4,
  'import-token': 5,
  certificate: 6,
  'where-used': 7,
  'rotation-run': 8,
  secret: 9,
  'secret-values': 10,
  'secret-rotation': 11,
  'secret-attachment': 12,
  'slot-usage': 16,
  'audit-signature': 17,
}
