import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError, missingParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { parseDuration } from '../../src-shared/model/duration'
import { secretLimits } from '../../src-shared/model/secrets'
import { changeSecret } from './change-secret'
import { canRotate } from './secret-answers'
import type { SecretRecord, SecretRotation } from './secret-record'
import type { SecretSession } from './secret-session'

interface PolicyRequest {
  enableAutomaticRotation: boolean
  rotationInterval?: string | undefined
}

/**
 * UpdateSecretRotationPolicy; an interval that is not given stays. UNSUPPORTED_OPERATION for a secret that does not rotate,
 * INVALID_PARAMETER, MISSING_PARAMETER (rotationInterval).
 */
export async function updateSecretRotationPolicy(session: SecretSession, caller: Caller, request: Request<'updateSecretRotationPolicy'>): Promise<Response<'updateSecretRotationPolicy'>> {
  const { name } = await changeSecret(session, caller, request.secretName, (record) => {
    requireRotating(record)
    return { record: { ...record, rotation: changedRotation(record.rotation, request) } }
  })
  return { secretName: name }
}

/** UNSUPPORTED_OPERATION for a secret that does not rotate. */
export function requireRotating(record: Pick<SecretRecord, 'secretType' | 'hasTarget' | 'name'>): void {
  if (!canRotate(record)) throw new KmsError('UNSUPPORTED_OPERATION', 'A secret of the type Generic does not rotate unless it has a target.', { secretName: record.name })
}

/** INVALID_PARAMETER, MISSING_PARAMETER (rotationInterval). */
export function changedRotation(rotation: SecretRotation, { enableAutomaticRotation: isEnabled, rotationInterval }: PolicyRequest): SecretRotation {
  const intervalSeconds = rotationInterval === undefined ? rotation.intervalSeconds : secondsOf(rotationInterval)
  if (isEnabled && intervalSeconds === null) throw missingParameter('rotationInterval')
  return { ...rotation, isEnabled, intervalSeconds }
}

function secondsOf(text: string): number {
  const { rotationMinSeconds, rotationMaxSeconds } = secretLimits
  const seconds = parseDuration(text)
  if (seconds === null || seconds < rotationMinSeconds || seconds > rotationMaxSeconds) throw invalidParameter('rotationInterval', 'must be a duration of 6h to 8760h')
  return seconds
}
