import type { Response } from '../../../src-shared/contract/operations'
import { isKmsError, KmsError } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { currentStage } from '../../../src-shared/model/secrets'
import { versionNotFound, versionWithStage } from '../../../src-shared/model/secret-stages'
import { zero } from '../../crypto/bytes'
import type { SecretSession } from '../secret-session'
import { openValue } from '../secret-values'
import { adminSecretIdOf, openAdmin } from './admin-login'
import { change, entryOf, type RotationSubject } from './rotation-changes'
import type { SecretRotations } from './rotations'
import { credentialOf, newPassword } from './rotated-value'
import type { OpenTarget } from './targets/open-target'
import { loginRefused, type Credential, type RotationTarget } from './targets/target'
import type { TargetConfig } from './targets/target-config'
import { shapeOf } from './value-shape'

type TestAnswer = Response<'testSecretRotationTarget'>

/**
 * Logs in at the target of a secret with the administrator and the current value, and changes nothing there. The key of an
 * SSH server that is not known yet is learnt by that. A database that lets the account in with any password is told.
 * ROTATION_TARGET_MISSING, SECRET_NOT_FOUND, SECRET_IN_DELETE_WINDOW, ROTATION_RUNNING, codes of openValue().
 */
export async function testRotationTarget(rotations: SecretRotations, openTarget: OpenTarget, session: SecretSession, caller: Caller, secretName: string): Promise<TestAnswer> {
  let answer: TestAnswer = { adminLogin: 'not-used', currentLogin: 'not-tried', code: null, reason: null }
  await rotations.exclusive(session, caller, secretName, async (subject, { target: config }, hold) => {
    if (!config) throw new KmsError('ROTATION_TARGET_MISSING', 'The specified secret has no target to rotate at.')
    const { record } = entryOf(subject)
    const target = openTarget(config, record.name)
    hold(target)
    answer = await tested(subject, config, target)
    session.recordUse(caller, record)
  })
  return answer
}

async function tested(subject: RotationSubject, config: TargetConfig, target: RotationTarget): Promise<TestAnswer> {
  const hasAdmin = adminSecretIdOf(config) !== null
  const admin = hasAdmin ? await failureOf(() => openAdmin(subject, config, async (login) => login && requireLogin(target, login))) : null
  const adminLogin = hasAdmin ? (admin ? 'failed' : 'ok') : 'not-used'
  if (admin?.code === 'ROTATION_TARGET_UNREACHABLE') return { adminLogin, currentLogin: 'not-tried', ...admin }
  const current = await failureOf(() => withCurrent(subject, config, (login) => logIn(subject, config, target, login)))
  return { adminLogin, currentLogin: current && current.code !== 'ROTATION_TEST_FAILED' ? 'failed' : 'ok', code: null, reason: null, ...(admin ?? current) }
}

async function logIn(subject: RotationSubject, config: TargetConfig, target: RotationTarget, login: Credential): Promise<void> {
  const hostKey = await requireLogin(target, login)
  if (config.kind === 'ssh' && config.hostKeyFingerprint === null) await learn(subject, hostKey)
  if (!target.keepsOld && !target.isOpaque) await requireRefusal(target, login)
}

async function requireLogin(target: RotationTarget, login: Credential): Promise<string | null> {
  const { isAccepted, reason, hostKey } = await target.login(login)
  if (!isAccepted) throw loginRefused(reason ?? '')
  return hostKey
}

/** A rotation could not tell whether it worked where no password is asked for. */
async function requireRefusal(target: RotationTarget, { account }: Credential): Promise<void> {
  const wrong = { account, secret: newPassword(), publicKey: null }
  const { isAccepted } = await target.login(wrong)
  if (isAccepted) throw new KmsError('ROTATION_TEST_FAILED', 'The login works with any password.', { rotationReason: 'The target lets the account in with any password.' })
}

async function learn(subject: RotationSubject, hostKeyFingerprint: string | null): Promise<void> {
  await change(subject, (record, _values, state) => {
    const target = state.target?.kind === 'ssh' ? { ...state.target, hostKeyFingerprint } : state.target
    return { record, rotation: { ...state, target } }
  })
}

async function withCurrent<T>({ session, secretId }: RotationSubject, config: TargetConfig, work: (login: Credential) => Promise<T>): Promise<T> {
  const { record } = entryOf({ session, secretId })
  const version = versionWithStage(record.versions, currentStage)
  if (!version) throw versionNotFound()
  const value = await openValue(session, record, version.versionId)
  const login = await credentialOf(shapeOf(record), config.kind, value).finally(() => value.fill(0))
  try {
    return await work(login)
  } finally {
    zero(login.secret)
  }
}

/** What a target said against a login; other failures are passed on. */
async function failureOf(work: () => Promise<unknown>): Promise<{ code: string; reason: string | null } | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (!isKmsError(error) || !error.code.startsWith('ROTATION_')) throw error
    return { code: error.code, reason: error.details.rotationReason ?? null }
  }
}
