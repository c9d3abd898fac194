import { describe, expect, it } from 'vitest'
import { keyStates } from '../../../src-shared/model/keys'
import { stateRefusal, stateTable, type StateOperation } from '../../../src-shared/model/state-table'

/** kms-api 1.4, written as there; columns Enabled, Disabled, PendingDeletion, PendingImport. */
const documented: readonly [operations: string, outcomes: string][] = [
  ['encrypt decrypt generateDataKey generateDataKeyWithoutPlaintext createKeyVersion updateRotationPolicy', 'OK R.Disabled R.PendingDeletion R.PendingImport'],
  ['enableKey disableKey', 'OK OK SMF SMF'],
  ['scheduleKeyDeletion', 'OK OK SMF OK'],
  ['cancelKeyDeletion', 'SMF SMF OK SMF'],
  ['createAlias', 'OK OK SMF OK'],
  ['updateAlias', 'OK OK R.PendingDeletion OK'],
  ['deleteAlias listAliases listKeys describeKey listResourceTags describeKeyVersion listKeyVersions', 'OK OK OK OK'],
  ['updateKeyDescription tagResource untagResource', 'OK OK R.PendingDeletion OK'],
  ['getParametersForImport deleteKeyMaterial', 'OK OK OK OK'],
  ['importKeyMaterial', 'OK OK SMF OK'],
  ['setDeletionProtection', 'OK OK SMF OK'],
]

/** Rows that follow another row by decision. */
const decided: readonly [operations: string, outcomes: string][] = [
  ['asymmetricEncrypt asymmetricDecrypt asymmetricSign asymmetricVerify generateMac verifyMac reEncrypt exportDataKey generateAndExportDataKey', 'OK R.Disabled R.PendingDeletion R.PendingImport'],
  ['rotateKey finishRotation exportPrivateKey createCertificate createSelfSignedCertificate', 'OK R.Disabled R.PendingDeletion R.PendingImport'],
  ['getPublicKey listAliasesByKeyId getKeyPolicy', 'OK OK OK OK'],
  ['setKeyPolicy setMinimumDecryptionVersion', 'OK OK R.PendingDeletion OK'],
]

const codes: Readonly<Record<string, string | null>> = {
  OK: null,
  'R.Disabled': 'KEY_DISABLED',
  'R.PendingDeletion': 'KEY_PENDING_DELETION',
  'R.PendingImport': 'KEY_PENDING_IMPORT',
  SMF: 'STATE_MODIFIED_FAILED',
}

const rows = [...documented, ...decided].flatMap(([operations, outcomes]) =>
  operations.split(' ').map((operation) => [operation, outcomes] as const),
)

describe('state table', () => {
  it.each(rows)('%s: %s', (operation, outcomes) => {
    const expected = outcomes.split(' ').map((outcome) => codes[outcome])
    expect(expected).toHaveLength(keyStates.length)
    expect(keyStates.map((state) => stateRefusal(operation as StateOperation, state))).toEqual(expected)
  })

  it('has no operation that is not documented here', () => {
    expect(Object.keys(stateTable).sort()).toEqual(rows.map(([operation]) => operation).sort())
  })
})
