import { isAsymmetric, isSymmetric, keySpecInfos } from '../../../src-shared/model/key-specs'
import type { KeySpec, KeyUsage } from '../../../src-shared/model/keys'
import type { FakeKey, FakeVersion } from './state'
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

/** Specs of a mixed vault, usual ones more often. */
const specs: readonly KeySpec[] = ['Aliyun_AES_256', 'RSA_2048', 'Aliyun_AES_256', 'EC_P256', 'Aliyun_SM4', 'Aliyun_AES_256', 'HMAC_SHA_256', 'EC_SM2', 'Ed25519', 'Aliyun_AES_256', 'RSA_4096']
const files = ['/home/ada/Documents/statements/2026-02.pdf', '/home/ada/Documents/contracts/lease.docx', '/srv/exports/customers.csv', '/home/ada/Pictures/passport.jpg']

/** `minutesAgo` of each version, oldest first. */
export function sampleVersions(spec: KeySpec, seed: number, nowMs: number, minutesAgo: readonly number[]): FakeVersion[] {
  return minutesAgo.map((minutes, index) => ({
    keyVersionId: sampleId(seed + index),
    creationDate: isoBefore(nowMs, minutes),
    isPrimary: isSymmetric(spec) && index === minutesAgo.length - 1,
    encryptions: isSymmetric(spec) ? (index === 0 && minutesAgo.length > 2 ? 2 ** 31 + 5 : 1200 + index * 31) : 0,
    lastUseDate: index === 0 && minutesAgo.length > 2 ? null : isoBefore(nowMs, Math.max(3, minutes - 60)),
  }))
}

function usageOf(spec: KeySpec, index: number): KeyUsage {
  const { usages } = keySpecInfos[spec]
  return usages[index % 2 === 0 ? 0 : usages.length - 1] ?? 'ENCRYPT/DECRYPT'
}

function stateOf(index: number): 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport' {
  if (index % 13 === 5) return 'Disabled'
  if (index % 13 === 9) return 'PendingDeletion'
  return index % 23 === 12 ? 'PendingImport' : 'Enabled'
}

/** Keys of a vault that has been in use for a while. */
export function sampleKeys(count: number, nowMs: number): FakeKey[] {
  return Array.from({ length: count }, (_, index) => {
    const keyId = sampleId(index + 1)
    const bare = names[index % names.length] ?? 'key'
    const alias = index < names.length ? bare : `${bare}-${Math.floor(index / names.length)}`
    const aliases = index % 9 === 8 ? [] : index % 7 === 3 ? [alias, `${alias}-old`] : [alias]
    const description = descriptions[index % descriptions.length] ?? ''
    const createdMinutes = 7 + index * index * 45
    const creationDate = isoBefore(nowMs, createdMinutes)
    const keyState = stateOf(index)
    const keySpec = keyState === 'PendingImport' ? 'Aliyun_AES_256' : (specs[index % specs.length] ?? 'Aliyun_AES_256')
    const shared = { keyId, description, keySpec, keyUsage: usageOf(keySpec, index), keyState, protectionLevel: 'SOFTWARE', creationDate } as const
    const rotates = isSymmetric(keySpec) && keyState !== 'PendingImport' && index % 3 !== 1
    const ages = index % 5 === 0 ? [createdMinutes + 500_000, createdMinutes + 200_000, createdMinutes] : [createdMinutes]
    const versions = keyState === 'PendingImport' ? [] : sampleVersions(keySpec, index * 50 + 5000, nowMs, ages)
    const primary = versions.find(({ isPrimary }) => isPrimary)
    const first = versions[0]
    return {
      row: { ...shared, aliases, lastUseDate: index % 4 === 3 ? null : isoBefore(nowMs, 3 + index * 61) },
      metadata: {
        ...shared,
        arn: `acs:kms:local:8f14e45fceea167a:key/${keyId}`,
        origin: keyState === 'PendingImport' ? 'EXTERNAL' : 'Aliyun_KMS',
        creator: 'window',
        ...(primary ? { primaryKeyVersion: primary.keyVersionId } : {}),
        lastRotationDate: versions.at(-1)?.creationDate ?? creationDate,
        materialExpireTime: '',
        deletionProtection: index % 6 === 4 ? 'Enabled' : 'Disabled',
        dKMSInstanceId: 'v-1',
        exportable: isAsymmetric(keySpec) && index % 2 === 1,
      },
      tags: index % 3 === 0 ? [{ key: 'team', value: 'billing' }, { key: 'env', value: 'production' }] : [],
      rotation: { isEnabled: rotates, intervalSeconds: rotates ? 90 * 86_400 : null },
      deletesAt: keyState === 'PendingDeletion' ? nowMs + (5 + (index % 20)) * 86_400_000 : null,
      versions,
      minimumVersion: 0,
      isUnfinished: false,
      uses: first && keySpec === 'Aliyun_AES_256'
        ? Array.from({ length: index % 5 === 0 ? 46 : 3 }, (_unused, use) => ({
            useId: sampleId(index * 1000 + use + 200_000), kind: use % 5 === 3 ? 'ciphertext' as const : 'file' as const,
            name: use % 5 === 3 ? `database-password-${use}` : `${files[use % files.length] ?? ''}${use < 4 ? '' : `.${use}`}.keystead`, keyId,
            keyVersionId: versions[use % versions.length]?.keyVersionId ?? first.keyVersionId, encryptedAt: isoBefore(nowMs, 30 + use * 700), isMissing: use % 11 === 7,
          }))
        : [],
    }
  })
}
