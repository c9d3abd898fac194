import { aliasPrefix } from '../../src-shared/model/alias'
import { KmsError } from '../../src-shared/errors'

/** `acs:kms:local:{vaultId}:key/{keyId}` (kms-api 1.1). */
export function keyArn(vaultId: string, keyId: string): string {
  return `${arnStart(vaultId)}key/${keyId}`
}

/** `acs:kms:local:{vaultId}:alias/{name}`; `aliasName` has its prefix. */
export function aliasArn(vaultId: string, aliasName: string): string {
  return `${arnStart(vaultId)}${aliasName}`
}

/** `acs:kms:local:{vaultId}:certificate/{certificateId}`. */
export function certificateArn(vaultId: string, certificateId: string): string {
  return `${arnStart(vaultId)}certificate/${certificateId}`
}

/** What a reference names; whether it exists is another question. */
export type KeyReference = { kind: 'key'; keyId: string } | { kind: 'alias'; aliasName: string }

/**
 * Reads a key id, an alias, or the ARN of either. ARNs of another vault, region or service name nothing of this vault:
 * KEY_NOT_FOUND, or ALIAS_NOT_FOUND for the ARN of an alias.
 */
export function parseKeyReference(vaultId: string, text: string): KeyReference {
  if (!text.startsWith('acs:')) return localReference(text)
  const start = arnStart(vaultId)
  const local = text.startsWith(start) ? text.slice(start.length) : ''
  if (local.startsWith('key/')) return { kind: 'key', keyId: local.slice('key/'.length) }
  if (local.startsWith(aliasPrefix)) return { kind: 'alias', aliasName: local }
  throw text.includes(`:${aliasPrefix}`) ? aliasNotFound() : keyNotFound()
}

/** KEY_NOT_FOUND. The message does not repeat what was asked for. */
export function keyNotFound(): KmsError {
  return new KmsError('KEY_NOT_FOUND', 'The specified key is not found in this vault.')
}

/** ALIAS_NOT_FOUND. */
export function aliasNotFound(): KmsError {
  return new KmsError('ALIAS_NOT_FOUND', 'The specified alias is not found in this vault.')
}

function arnStart(vaultId: string): string {
  return `acs:kms:local:${vaultId}:`
}

function localReference(text: string): KeyReference {
  return text.startsWith(aliasPrefix) ? { kind: 'alias', aliasName: text } : { kind: 'key', keyId: text }
}
