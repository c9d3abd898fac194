import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError, missingParameter } from '../../src-shared/errors'
import { systemCaller, type Caller } from '../../src-shared/model/caller'
import { parseDuration } from '../../src-shared/model/duration'
import { isSymmetric } from '../../src-shared/model/key-specs'
import { canRotateAutomatically, nextRotationAt, rotationIntervalProblem, type RotationPolicy } from '../../src-shared/model/rotation'
import { changeKey } from './change-key'
import type { KeyEntry } from './key-index'
import { lastRotationAt, type KeyRecord } from './key-record'
import { effectiveState, type KeySession } from './key-session'
import { makeMaterial, makeVersion, writeVersion } from './key-versions'
import { isTokenRefusal } from './token/token-refusal'

/**
 * UpdateRotationPolicy (kms-api 1.5); a period that has passed already rotates at once, or when the token is there. State codes, INVALID_PARAMETER
 * and MISSING_PARAMETER (rotationInterval), UNSUPPORTED_OPERATION, UNSUPPORTED_ORIGIN.
 */
async function updateRotationPolicy(session: KeySession, caller: Caller, request: Request<'updateRotationPolicy'>): Promise<Response<'updateRotationPolicy'>> {
  const { keyId } = session.resolve(request.keyId)
  const done = await changeKey(session, caller, keyId, 'updateRotationPolicy', (record) => {
    requireRotating(record)
    return { ...record, rotation: rotationPolicyOf(request, record.rotation) }
  })
  try {
    await rotateWhenDue(session, keyId)
  } catch (error) {
    // The policy is written, and the schedule rotates when the token is there.
    if (!isTokenRefusal(error)) throw error
  }
  return done
}

/** Not of the KMS API: rotates a symmetric key now. State codes, UNSUPPORTED_OPERATION, UNSUPPORTED_ORIGIN. */
function rotateKey(session: KeySession, caller: Caller, { keyId }: Request<'rotateKey'>): Promise<Response<'rotateKey'>> {
  return makeVersion(session, caller, keyId, 'rotateKey', requireRotating)
}

/**
 * The policy that a request asks for; a period that is not given stays what it was. MISSING_PARAMETER for a rotation
 * without period, INVALID_PARAMETER for one that is too short or too long.
 */
export function rotationPolicyOf(request: { enableAutomaticRotation: boolean; rotationInterval?: string | undefined }, known: RotationPolicy | null): RotationPolicy {
  const { enableAutomaticRotation, rotationInterval } = request
  const given = rotationInterval === undefined ? null : parseDuration(rotationInterval)
  const problem = rotationInterval === undefined ? null : rotationIntervalProblem(given)
  if (problem !== null) throw invalidParameter('rotationInterval', problem)
  const intervalSeconds = given ?? known?.intervalSeconds ?? null
  if (enableAutomaticRotation && intervalSeconds === null) throw missingParameter('rotationInterval')
  return { isEnabled: enableAutomaticRotation, intervalSeconds }
}

/** When a key rotates by itself; null while it does not. */
export function rotationDueAt(record: KeyRecord, nowMs: number): number | null {
  return record.rotation.isEnabled && effectiveState(record, nowMs) === 'Enabled' ? nextRotationAt(record.rotation, lastRotationAt(record)) : null
}

/** Rotates a key whose time has come, once, however many periods have passed. TOKEN_NOT_FOUND, TOKEN_LOGIN_NEEDED. */
export async function rotateWhenDue(session: KeySession, keyId: string): Promise<void> {
  const entry = findDue(session, keyId)
  if (!entry) return
  // No other change waits for a token; so it is asked again whether the rotation is still due.
  const next = await makeMaterial(session, entry.record)
  try {
    await session.changes.run(async () => {
      const due = findDue(session, keyId)
      if (due) await writeVersion(session, systemCaller('rotateKey'), due, next)
    })
  } finally {
    await next.material.destroy()
  }
}

function findDue(session: KeySession, keyId: string): KeyEntry | null {
  const entry = session.index.byId(keyId)
  const dueAt = entry && rotationDueAt(entry.record, session.nowMs())
  return entry && dueAt !== null && dueAt <= session.nowMs() ? entry : null
}

function requireRotating({ keyId, keySpec, origin }: KeyRecord): void {
  if (canRotateAutomatically(keySpec, origin)) return
  throw isSymmetric(keySpec)
    ? new KmsError('UNSUPPORTED_ORIGIN', 'A key whose material was imported has one version for life.', { keyId })
    : new KmsError('UNSUPPORTED_OPERATION', 'Only symmetric keys rotate; make a new version of an asymmetric key by hand.', { keyId })
}

export const rotationOperations = { updateRotationPolicy, rotateKey }
