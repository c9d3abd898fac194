import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError, missingParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { keyPolicyProblem } from '../../src-shared/model/key-policy'
import { requestedStages, versionById } from '../../src-shared/model/secret-stages'
import { changeSecret } from './change-secret'
import { withCustomData } from './extended-config'
import type { SecretRecord } from './secret-record'
import type { SecretSession } from './secret-session'
import { addVersion, moveStage } from './versions'

/**
 * PutSecretValue: a new version with these stages, ACSCurrent when none are given. The codes of addVersion() and
 * requestedStages(), UNSUPPORTED_OPERATION for a managed secret.
 */
export async function putSecretValue(session: SecretSession, caller: Caller, request: Request<'putSecretValue'>): Promise<Response<'putSecretValue'>> {
  const { versionId, secretData: data, secretDataType: dataType } = request
  const { name, versions } = await changeSecret(session, caller, request.secretName, (record, values) => {
    requireGeneric(record)
    return addVersion(session, record, values, { versionId, data, dataType, stages: requestedStages(request.versionStages) })
  })
  return { secretName: name, versionId, versionStages: [...(versionById(versions, versionId)?.stages ?? [])] }
}

/** UpdateSecret: the description, and the CustomData of a managed secret. MISSING_PARAMETER, INVALID_PARAMETER, UNSUPPORTED_OPERATION. */
export async function updateSecret(session: SecretSession, caller: Caller, request: Request<'updateSecret'>): Promise<Response<'updateSecret'>> {
  const { description, extendedConfig } = request
  if (description === undefined && extendedConfig === undefined) throw missingParameter('description')
  const { name } = await changeSecret(session, caller, request.secretName, (record) => {
    if (extendedConfig !== undefined && record.secretType === 'Generic') throw unsupported(record, 'A secret of the type Generic has no extended config.')
    const config = extendedConfig === undefined ? record.extendedConfig : withCustomData(record.extendedConfig, extendedConfig)
    return { record: { ...record, description: description ?? record.description, extendedConfig: config } }
  })
  return { secretName: name }
}

/** UpdateSecretVersionStage. The codes of moveStage(), UNSUPPORTED_OPERATION for a managed secret. */
export async function updateSecretVersionStage(session: SecretSession, caller: Caller, request: Request<'updateSecretVersionStage'>): Promise<Response<'updateSecretVersionStage'>> {
  const { versionStage: stage, removeFromVersion, moveToVersion } = request
  const { name } = await changeSecret(session, caller, request.secretName, async (record) => {
    requireGeneric(record)
    return { record: await moveStage(session, record, { stage, removeFromVersion, moveToVersion }) }
  })
  return { secretName: name }
}

/** SetSecretPolicy: keeps the text as it was sent. INVALID_PARAMETER (policy). */
export async function setSecretPolicy(session: SecretSession, caller: Caller, { secretName, policy }: Request<'setSecretPolicy'>): Promise<Response<'setSecretPolicy'>> {
  const problem = keyPolicyProblem(policy)
  if (problem !== null) throw invalidParameter('policy', problem)
  await changeSecret(session, caller, secretName, (record) => ({ record: { ...record, policy } }))
  return {}
}

function requireGeneric(record: SecretRecord): void {
  if (record.secretType !== 'Generic') throw unsupported(record, 'The versions of a managed secret are made by its rotation.')
}

function unsupported({ name }: SecretRecord, message: string): KmsError {
  return new KmsError('UNSUPPORTED_OPERATION', message, { secretName: name })
}
