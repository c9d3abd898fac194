import type { ErrorCode } from '../errors'
import type { KeyState } from './keys'

/** What the state of a key answers to an operation: it may go on, or it is refused with this code. */
export type StateOutcome =
  | 'ok'
  | Extract<ErrorCode, 'KEY_DISABLED' | 'KEY_PENDING_DELETION' | 'KEY_PENDING_IMPORT' | 'STATE_MODIFIED_FAILED'>

type StateRow = Readonly<Record<KeyState, StateOutcome>>

function row(Enabled: StateOutcome, Disabled: StateOutcome, PendingDeletion: StateOutcome, PendingImport: StateOutcome): StateRow {
  return { Enabled, Disabled, PendingDeletion, PendingImport }
}

const smf = 'STATE_MODIFIED_FAILED'
const use = row('ok', 'KEY_DISABLED', 'KEY_PENDING_DELETION', 'KEY_PENDING_IMPORT')
const anyState = row('ok', 'ok', 'ok', 'ok')
const toggle = row('ok', 'ok', smf, smf)
const notWhileDeleting = row('ok', 'ok', smf, 'ok')
const metadataChange = row('ok', 'ok', 'KEY_PENDING_DELETION', 'ok')

/**
 * Operation x key state (kms-api 1.4). Rows that the table of the KMS does not have follow the decisions there:
 * asymmetric, MAC and re-encryption calls follow Encrypt, GetPublicKey works in every state. SetDeletionProtection is
 * refused while a deletion is pending and allowed while material is missing. For updateAlias only the new target counts.
 */
export const stateTable = {
  encrypt: use,
  decrypt: use,
  generateDataKey: use,
  generateDataKeyWithoutPlaintext: use,
  exportDataKey: use,
  generateAndExportDataKey: use,
  reEncrypt: use,
  asymmetricEncrypt: use,
  asymmetricDecrypt: use,
  asymmetricSign: use,
  asymmetricVerify: use,
  generateMac: use,
  verifyMac: use,
  createKeyVersion: use,
  rotateKey: use,
  finishRotation: use,
  exportPrivateKey: use,
  createCertificate: use,
  createSelfSignedCertificate: use,
  updateRotationPolicy: use,
  enableKey: toggle,
  disableKey: toggle,
  scheduleKeyDeletion: notWhileDeleting,
  cancelKeyDeletion: row(smf, smf, 'ok', smf),
  createAlias: notWhileDeleting,
  updateAlias: metadataChange,
  deleteAlias: anyState,
  listAliases: anyState,
  listAliasesByKeyId: anyState,
  listKeys: anyState,
  describeKey: anyState,
  listResourceTags: anyState,
  describeKeyVersion: anyState,
  listKeyVersions: anyState,
  getPublicKey: anyState,
  updateKeyDescription: metadataChange,
  setKeyPolicy: metadataChange,
  getKeyPolicy: anyState,
  setMinimumDecryptionVersion: metadataChange,
  tagResource: metadataChange,
  untagResource: metadataChange,
  getParametersForImport: anyState,
  deleteKeyMaterial: anyState,
  importKeyMaterial: notWhileDeleting,
  setDeletionProtection: notWhileDeleting,
} as const satisfies Record<string, StateRow>

export type StateOperation = keyof typeof stateTable

/** The code with which `state` refuses `operation`; null when it allows it. */
export function stateRefusal(operation: StateOperation, state: KeyState): Exclude<StateOutcome, 'ok'> | null {
  const outcome: StateOutcome = stateTable[operation][state]
  return outcome === 'ok' ? null : outcome
}
