import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, isKmsError } from '../../src-shared/errors'
import { kmsErrorNames } from '../../src-shared/kms-errors'
import type { Caller } from '../../src-shared/model/caller'
import { currentStage, previousStage } from '../../src-shared/model/secrets'
import { versionById, versionNotFound, versionWithStage } from '../../src-shared/model/secret-stages'
import { isoSeconds } from '../keystore/key-metadata'
import { findVersion, openEntry, type VersionReference } from './resolve-value'
import { configAnswerOf, rotationAnswerOf } from './secret-answers'
import { rehearse } from './secret-dry-run'
import type { SecretRecord, SecretVersionRecord } from './secret-record'
import type { SecretSession } from './secret-session'

type ValueResponse = Response<'getSecretValue'>

/** Of managed secrets. */
const servedStages: readonly string[] = [currentStage, previousStage]

/**
 * GetSecretValue: the version by id, by stage, or the current one; of a managed secret only by ACSCurrent and ACSPrevious.
 * SECRET_NOT_FOUND, SECRET_IN_DELETE_WINDOW, SECRET_VERSION_NOT_FOUND, INVALID_PARAMETER (versionStage), the codes of
 * openValue(). The bytes are the caller's, who zeroes them.
 */
export function getSecretValue(session: SecretSession, caller: Caller, request: Request<'getSecretValue'>): Promise<ValueResponse> {
  const { secretName, fetchExtendedConfig } = request
  const run = (one: SecretSession) => valueOf(one, caller, secretName, request, fetchExtendedConfig)
  return request.dryRun === true ? rehearse(session, caller, run) : run(session)
}

/** BatchGetSecretValue: what cannot be read is in `errors`, under the names of the KMS. */
export async function batchGetSecretValue(session: SecretSession, caller: Caller, request: Request<'batchGetSecretValue'>): Promise<Response<'batchGetSecretValue'>> {
  const secretValues: ValueResponse[] = []
  const errors: Response<'batchGetSecretValue'>['errors'] = []
  for (const { SecretName: secretName, VersionId: versionId, VersionStage: versionStage } of request.secretsList) {
    try {
      secretValues.push(await valueOf(session, caller, secretName, { versionId, versionStage }, false))
    } catch (error) {
      if (!isKmsError(error) || error.code === 'VAULT_LOCKED') {
        for (const { secretData } of secretValues) secretData.fill(0)
        throw error
      }
      // What was found has been audited where it was refused.
      if (session.find(secretName) === null) session.recordRefusal(caller, secretName, error.code)
      const { kmsCode, httpStatus } = kmsErrorNames[error.code]
      errors.push({ secretName, code: kmsCode, httpStatus: String(httpStatus), message: error.message })
    }
  }
  return { secretValues, errors }
}

async function valueOf(session: SecretSession, caller: Caller, secretName: string, reference: VersionReference, withConfig: boolean): Promise<ValueResponse> {
  const entry = session.resolve(secretName)
  const { record } = entry
  const { value, dataType, versionId } = await openEntry(session, caller, entry, (opened) => servedVersion(opened, reference))
  const version = versionById(record.versions, versionId)
  if (!version) throw versionNotFound()
  return {
    secretName: record.name,
    secretType: record.secretType,
    secretData: value,
    secretDataType: dataType,
    versionId,
    versionStages: [...version.stages],
    createTime: isoSeconds(version.createdAt),
    ...(withConfig ? configAnswerOf(record) : {}),
    ...rotationAnswerOf(record),
  }
}

/** Managed secrets have no versions that are named by id (kms-api 1.10). */
function servedVersion({ secretType, versions }: SecretRecord, reference: VersionReference): SecretVersionRecord {
  if (secretType === 'Generic') return findVersion(versions, reference)
  const stage = reference.versionStage || currentStage
  if (!servedStages.includes(stage)) throw invalidParameter('versionStage', 'must be ACSCurrent or ACSPrevious for a managed secret')
  const version = versionWithStage(versions, stage)
  if (!version) throw versionNotFound()
  return version
}
