import { isKmsError, missedTokenCodes, type KmsError } from './errors'
import type { OperationName } from './contract/catalog'
import type { TokenSummary } from './contract/tokens'

/** What somebody waits for while a token is missed, in few words: the window has a sentence for each. */
export const tokenWaitKinds = ['encrypt', 'decrypt', 'sign', 'mac', 'data-key', 'create-key', 'new-version', 'certificate', 'read-secret', 'save-secret', 'rotate-secret', 'files', 'finish-rotation'] as const
export type TokenWaitKind = (typeof tokenWaitKinds)[number]

/**
 * Operations that need a key on a token when the key is there, and that have changed nothing when they are refused for it: so
 * they may be carried out again, with the same request, once the token is there. Those on tokens themselves have logins of
 * their own; what runs through many secrets (import, health) leaves out what does not open.
 */
export const tokenWaits: Readonly<Partial<Record<OperationName, TokenWaitKind>>> = {
  createKey: 'create-key',
  createKeyVersion: 'new-version',
  rotateKey: 'new-version',
  encrypt: 'encrypt',
  decrypt: 'decrypt',
  reEncrypt: 'encrypt',
  generateDataKey: 'data-key',
  generateDataKeyWithoutPlaintext: 'data-key',
  exportDataKey: 'data-key',
  generateAndExportDataKey: 'data-key',
  asymmetricDecrypt: 'decrypt',
  asymmetricSign: 'sign',
  generateMac: 'mac',
  verifyMac: 'mac',
  createCertificate: 'certificate',
  createSelfSignedCertificate: 'certificate',
  certificatePrivateKeySign: 'sign',
  certificatePrivateKeyDecrypt: 'decrypt',
  createSecret: 'save-secret',
  putSecretValue: 'save-secret',
  saveSecret: 'save-secret',
  changeSecret: 'save-secret',
  addSecretAttachment: 'save-secret',
  getSecretValue: 'read-secret',
  revealSecretValue: 'read-secret',
  copySecretValue: 'read-secret',
  getTotpCode: 'read-secret',
  saveSecretAttachment: 'read-secret',
  exportSecrets: 'read-secret',
  setSecretRotationTarget: 'save-secret',
  testSecretRotationTarget: 'rotate-secret',
  rotateSecret: 'rotate-secret',
  encryptFiles: 'files',
  finishRotation: 'finish-rotation',
}

/** The token that an operation was refused for. */
export interface MissedToken {
  label: string
  /** Null where only the label is known. */
  serial: string | null
}

/** The token that is to be inserted or logged in to before an operation goes on; null for refusals of other kinds. */
export function missedToken(error: unknown): MissedToken | null {
  if (!isKmsError(error) || !isMissed(error)) return null
  const { tokenLabel, tokenSerial } = error.details
  return tokenLabel === undefined ? null : { label: tokenLabel, serial: tokenSerial ?? null }
}

/**
 * The token that is missed, as far as its names tell; null when it is not there. Two modules may reach one token. Tokens in
 * software may all have one serial number, so their label tells, too; that of a device can be changed.
 */
export function findMissedToken(tokens: readonly TokenSummary[], { label, serial }: MissedToken): TokenSummary | null {
  const fitting = tokens.filter((token) => token.isInitialized && (serial === null ? token.label === label : token.serial === serial && (token.label === label || !token.isSoftware)))
  const likelihood = (token: TokenSummary) => 2 * Number(token.label === label) + Number(isTokenOpen(token))
  return fitting.toSorted((a, b) => likelihood(b) - likelihood(a))[0] ?? null
}

export function isSameToken(one: MissedToken | null, other: MissedToken | null): boolean {
  return one?.label === other?.label && one?.serial === other?.serial
}

/** Whether keys on the token can be used without a PIN. */
export function isTokenOpen({ needsLogin, login }: TokenSummary): boolean {
  return !needsLogin || login === 'user'
}

function isMissed({ code }: KmsError): boolean {
  return missedTokenCodes.some((missed) => missed === code)
}
