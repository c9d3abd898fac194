import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { keyPolicyProblem } from '../../src-shared/model/key-policy'
import { currentStage, previousStage, secretNameProblem } from '../../src-shared/model/secrets'
import { uuid } from '../crypto/random'
import { tagsOf } from '../keystore/key-tags'
import { secretArn } from './arn'
import { checkedConfig, subTypeOf, type ExtendedConfig } from './extended-config'
import { storedValues } from './managed-values'
import { addSecret, type NewSecret } from './new-secret'
import { configAnswerOf, rotationAnswerOf } from './secret-answers'
import { plainSecret } from './secret-record'
import { changedRotation } from './secret-rotation-policy'
import type { SecretSession } from './secret-session'
import { checkVersion, type NewVersion } from './versions'

type CreateRequest = Request<'createSecret'>

/** Name of a RAM secret that is named after its user. */
const automaticName = '$Auto'

/**
 * CreateSecret (kms-api 1.10): the first version gets ACSCurrent; of an Rds secret with two users the second account is the
 * version with ACSPrevious. INVALID_PARAMETER, MISSING_PARAMETER (rotationInterval), UNSUPPORTED_OPERATION for the rotation
 * of a Generic secret or a key that is not symmetric, SECRET_EXISTS, SECRET_IN_DELETE_WINDOW, KEY_NOT_FOUND,
 * ALIAS_NOT_FOUND, the codes of the key's state.
 */
export async function createSecret(session: SecretSession, caller: Caller, request: CreateRequest): Promise<Response<'createSecret'>> {
  const { vaultId } = session
  if ((request.dKMSInstanceId ?? vaultId) !== vaultId) throw invalidParameter('dKMSInstanceId', 'must be the id of this vault')
  const config = checkedConfig(request.secretType, request.extendedConfig)
  const name = nameOf(request, config)
  const versions = versionsOf(session, request, config)
  try {
    const record = await addSecret(session, caller, { ...newSecretOf(request, name, config), versions })
    const { versionId, secretType } = request
    return { arn: secretArn(vaultId, name), secretName: name, versionId, secretType, dKMSInstanceId: vaultId, ...configAnswerOf(record), ...rotationAnswerOf(record) }
  } finally {
    for (const { data } of versions) data.fill(0)
  }
}

function newSecretOf(request: CreateRequest, name: string, extendedConfig: ExtendedConfig | null): Omit<NewSecret, 'versions'> {
  const { secretType, description, encryptionKeyId, tags, policy = null } = request
  const problem = policy === null ? null : keyPolicyProblem(policy)
  if (problem !== null) throw invalidParameter('policy', problem)
  if (secretType === 'Generic' && request.enableAutomaticRotation) {
    throw new KmsError('UNSUPPORTED_OPERATION', 'A secret of the type Generic does not rotate unless it has a target.', { secretName: name })
  }
  const rotation = changedRotation(plainSecret.rotation, request)
  return { name, secretType, description, keyReference: encryptionKeyId, tags: tagsOf(tags), extendedConfig, policy, rotation }
}

/** `$Auto` of a RAM secret stands for its user. */
function nameOf({ secretName, secretType }: CreateRequest, config: ExtendedConfig | null): string {
  const name = secretType === 'RAMCredentials' && secretName === automaticName ? `acs/ram/user/${String(config?.['UserName'])}` : secretName
  const problem = secretNameProblem(name, secretType)
  if (problem !== null) throw invalidParameter('secretName', problem)
  return name
}

/** The versions that a new secret begins with, oldest first; their data is in memory of its own. */
function versionsOf(session: SecretSession, request: CreateRequest, config: ExtendedConfig | null): NewVersion[] {
  const { secretType, secretData, secretDataType: dataType, versionId } = request
  checkVersion({ secretType }, { versionId, data: secretData, dataType })
  const [current, previous] = storedValues(secretType, subTypeOf(config), secretData, session.nowMs())
  const versions: NewVersion[] = previous ? [{ versionId: uuid(), data: previous, dataType, stages: [previousStage] }] : []
  if (current) versions.push({ versionId, data: current, dataType, stages: [currentStage] })
  return versions
}
