import type { Caller } from '../../src-shared/model/caller'
import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import { keyPolicyProblem } from '../../src-shared/model/key-policy'
import { defaultKeyUsage, isAsymmetric, isSymmetric, keySpecInfos } from '../../src-shared/model/key-specs'
import { canRotateAutomatically } from '../../src-shared/model/rotation'
import { changeKey } from './change-key'
import { keyMetadataOf } from './key-metadata'
import { rotationPolicyOf } from './key-rotation'
import type { KeySession } from './key-session'
import { tagsOf } from './key-tags'
import { addKey, newVersion, type NewKey } from './new-key'
import type { ChosenToken } from './token/token-keys'

type Refusal = KmsError | null

/**
 * CreateKey (kms-api 1.8): metadata and the material of the first version in one transaction; a key of origin EXTERNAL
 * waits for its material. INVALID_PARAMETER, MISSING_PARAMETER (rotationInterval), UNSUPPORTED_ORIGIN,
 * UNSUPPORTED_PROTECTION_LEVEL, and for a key on a token the codes of TokenKeys.
 */
async function createKey(session: KeySession, caller: Caller, request: Request<'createKey'>): Promise<Response<'createKey'>> {
  const key = newKeyOf(session, request)
  const version = newVersion(key.keySpec, request.protectionLevel)
  const token = await tokenFor(session, request)
  const material = key.origin === 'EXTERNAL' ? null : await session.provider.generate(version, token && { token, keyUsage: key.keyUsage })
  try {
    const record = await addKey(session, caller, { ...key, version, instanceId: token?.instanceId ?? null }, material)
    return { keyMetadata: keyMetadataOf(session.records.vaultId, record) }
  } finally {
    await material?.destroy()
  }
}

/** UpdateKeyDescription: replaces the whole text. KEY_PENDING_DELETION. */
function updateKeyDescription(session: KeySession, caller: Caller, request: Request<'updateKeyDescription'>): Promise<Response<'updateKeyDescription'>> {
  return changeKey(session, caller, request.keyId, 'updateKeyDescription', (record) => ({ ...record, description: request.description }))
}

/** EnableKey; a rotation that was suspended goes on. STATE_MODIFIED_FAILED. */
function enableKey(session: KeySession, caller: Caller, { keyId }: Request<'enableKey'>): Promise<Response<'enableKey'>> {
  return changeKey(session, caller, keyId, 'enableKey', (record) => ({ ...record, keyState: 'Enabled' }))
}

/** DisableKey; a rotation is suspended. STATE_MODIFIED_FAILED. */
function disableKey(session: KeySession, caller: Caller, { keyId }: Request<'disableKey'>): Promise<Response<'disableKey'>> {
  return changeKey(session, caller, keyId, 'disableKey', (record) => ({ ...record, keyState: 'Disabled' }))
}

function newKeyOf(session: KeySession, request: Request<'createKey'>): NewKey {
  const { keySpec, origin, description, policy = null } = request
  const keyUsage = request.keyUsage ?? defaultKeyUsage(keySpec)
  const refusal = kindRefusal({ ...request, keyUsage }) ?? optionRefusal(session, request)
  if (refusal) throw refusal
  const rotation = rotationPolicyOf(request, null)
  return { keySpec, keyUsage, origin, description, rotation, tags: tagsOf(request.tags), policy, isExportable: request.exportable }
}

/** What the kind of key that is asked for cannot be. */
function kindRefusal({ keySpec, keyUsage, origin, protectionLevel }: Pick<Request<'createKey'>, 'keySpec' | 'origin' | 'protectionLevel'> & { keyUsage: string }): Refusal {
  const usages: readonly string[] = keySpecInfos[keySpec].usages
  if (!usages.includes(keyUsage)) return invalidParameter('keyUsage', `the usage of a key of the spec ${keySpec} is ${usages.join(' or ')}`)
  if (origin === 'EXTERNAL' && !isSymmetric(keySpec)) {
    return new KmsError('UNSUPPORTED_ORIGIN', 'Only symmetric keys can wait for the import of their material; import a private key instead.')
  }
  if (protectionLevel === 'HSM' && origin === 'EXTERNAL') {
    return new KmsError('UNSUPPORTED_PROTECTION_LEVEL', 'Material cannot be imported into a token: a key that waits for its import has the protection level SOFTWARE.')
  }
  return null
}

/** What that kind of key cannot have. */
function optionRefusal({ records }: KeySession, request: Request<'createKey'>): Refusal {
  const { keySpec, origin, protectionLevel, exportable, enableAutomaticRotation, dKMSInstanceId = records.vaultId, policy } = request
  const isHere = dKMSInstanceId === records.vaultId
  if (protectionLevel === 'SOFTWARE' && !isHere) return invalidParameter('dKMSInstanceId', 'must be the id of this vault for a software key')
  if (protectionLevel === 'HSM' && isHere) return new KmsError('UNSUPPORTED_PROTECTION_LEVEL', 'This vault makes software keys: for ProtectionLevel HSM name a token by its id as DKMSInstanceId.')
  if (protectionLevel === 'HSM' && exportable) return invalidParameter('exportable', 'a key on a token does not leave it')
  if (exportable && !isAsymmetric(keySpec)) return invalidParameter('exportable', 'only the private key of an asymmetric key can be exported')
  if (enableAutomaticRotation && !canRotateAutomatically(keySpec, origin)) {
    return invalidParameter('enableAutomaticRotation', 'only symmetric keys whose material is made here rotate')
  }
  const policyProblem = policy === undefined ? null : keyPolicyProblem(policy)
  return policyProblem === null ? null : invalidParameter('policy', policyProblem)
}

/** The token that a new HSM key is for; null for a software key. TOKEN_NOT_FOUND, TOKEN_AMBIGUOUS. */
async function tokenFor({ tokens }: KeySession, { protectionLevel, dKMSInstanceId }: Request<'createKey'>): Promise<ChosenToken | null> {
  return protectionLevel === 'HSM' ? tokens.identify(dKMSInstanceId ?? '') : null
}

export const lifeCycleOperations = { createKey, updateKeyDescription, enableKey, disableKey }
