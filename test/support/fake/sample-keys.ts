import type { FakeState } from './state'
import { isoBefore } from './state'

const names = [
  'payments/archive', 'payments/card-data', 'hr/contracts', 'hr/payroll-2026', 'build/signing-cache', 'backup/nightly', 'backup/offsite',
  'customers/exports', 'laptop/documents', 'legal/agreements', 'research/notebooks', 'staging/config', 'production/config', 'terraform-state',
]
const descriptions = ['Monthly statements before they go to storage', '', 'Only for the export job of the billing team', 'Rotated by hand each quarter', '']

function hex(seed: number, length: number): string {
  let value = Math.imul(seed, 2654435761)
  const next = () => (value = Math.imul(value ^ (value >>> 15), 2246822519) + 374761393)
  return Array.from({ length }, () => (next() >>> 28).toString(16)).join('')
}

/** A key id in the form of a UUID, the same for the same seed. */
export function sampleId(seed: number): string {
  return `${hex(seed, 8)}-${hex(seed + 1, 4)}-4${hex(seed + 2, 3)}-a${hex(seed + 3, 3)}-${hex(seed + 4, 12)}`
}

/** Keys of a vault that has been in use for a while. */
export function sampleKeys(count: number, nowMs: number): FakeState['keys'] {
  return Array.from({ length: count }, (_, index) => {
    const keyId = sampleId(index + 1)
    const bare = names[index % names.length] ?? 'key'
    const alias = index < names.length ? bare : `${bare}-${Math.floor(index / names.length)}`
    const aliases = index % 9 === 8 ? [] : index % 7 === 3 ? [alias, `${alias}-old`] : [alias]
    const description = descriptions[index % descriptions.length] ?? ''
    const creationDate = isoBefore(nowMs, 7 + index * index * 45)
    const keyState = index % 13 === 5 ? 'Disabled' : index % 13 === 9 ? 'PendingDeletion' : 'Enabled'
    const shared = { keyId, description, keySpec: 'Aliyun_AES_256', keyUsage: 'ENCRYPT/DECRYPT', keyState, protectionLevel: 'SOFTWARE', creationDate } as const
    return {
      row: { ...shared, aliases, lastUseDate: index % 4 === 3 ? null : isoBefore(nowMs, 3 + index * 61) },
      metadata: {
        ...shared,
        arn: `acs:kms:local:8f14e45fceea167a:key/${keyId}`,
        origin: 'Aliyun_KMS',
        creator: 'window',
        primaryKeyVersion: sampleId(index + 5000),
        automaticRotation: 'Disabled',
        lastRotationDate: creationDate,
        materialExpireTime: '',
        deletionProtection: 'Disabled',
      },
    }
  })
}
