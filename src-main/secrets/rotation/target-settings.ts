import { isAbsolute } from 'node:path'
import type { rotationTarget } from '../../../src-shared/contract/secret-rotation'
import { invalidParameter, missingParameter } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import type { z } from 'zod'
import type { SecretRecord } from '../secret-record'
import { requireActive, type SecretSession } from '../secret-session'
import { change, entryOf, withoutRun } from './rotation-changes'
import type { RotationRun } from './rotation-row'
import type { SecretRotations } from './rotations'
import { checkProgram } from './targets/program-checks'
import { isLoopback, usualPorts, type ServerConfig, type TargetConfig } from './targets/target-config'
import { shapeOf, targetKindsOf } from './value-shape'

/** A target as the contract gives it. */
export type TargetRequest = z.output<typeof rotationTarget>

/** Gives the path that a handle of a program stands for. HANDLE_INVALID. */
export type RedeemProgram = (handle: string) => string

/** Parts of a target that may be put right without another server or account being meant. */
const waysIn: readonly string[] = ['adminSecretId', 'database', 'hostKeyFingerprint', 'timeoutSeconds']
const fingerprint = /^SHA256:[A-Za-z0-9+/]{43}$/

/**
 * Sets where a secret is rotated; null takes the target away and ends a rotation that was not finished, whose version stays
 * when the target may have its value. A change keeps such a rotation, so that a wrong port can be put right.
 * INVALID_PARAMETER (kind, host, socketPath, adminSecretName, hostKeyFingerprint, program, args), MISSING_PARAMETER
 * (program), HANDLE_INVALID, UNSUPPORTED_OPERATION for a value that cannot be rotated, SECRET_NOT_FOUND,
 * SECRET_IN_DELETE_WINDOW, ROTATION_RUNNING.
 */
export async function setRotationTarget(rotations: SecretRotations, session: SecretSession, caller: Caller, secretName: string, wanted: TargetRequest | null, redeem: RedeemProgram): Promise<void> {
  await rotations.exclusive(session, caller, secretName, async (subject, { target: before }) => {
    const target = wanted && (await configOf(session, entryOf(subject).record, wanted, before, redeem))
    await change(subject, async (record, values, state) => {
      const { run } = state
      if (target) return { record: { ...record, hasTarget: true }, rotation: { ...state, target, run: run && runAt(target, before, run) } }
      const left = run ? await withoutRun(subject, record, values, state, run, takenAway(run)) : { record, rotation: state }
      return { ...left, record: { ...left.record, hasTarget: false }, rotation: { ...left.rotation, target } }
    })
  })
}

function takenAway({ mayBeApplied }: RotationRun): { isKept: boolean; reason: string } {
  const reason = 'The target was taken away.'
  return { isKept: mayBeApplied, reason: mayBeApplied ? `${reason} It may have the new value, so that was kept as a version.` : reason }
}

/** What is known of a run when another target is set. */
function runAt(target: TargetConfig, before: TargetConfig | null, run: RotationRun): RotationRun {
  const isElsewhere = before !== null && run.mayBeApplied && placeOf(before) !== placeOf(target)
  return { ...run, mayBeElsewhere: run.mayBeElsewhere || isElsewhere }
}

/** What says which server and account a target is, without what only says how to get in. */
function placeOf(target: TargetConfig): string {
  return JSON.stringify(Object.entries(target).filter(([name]) => !waysIn.includes(name)))
}

async function configOf(session: SecretSession, record: SecretRecord, wanted: TargetRequest, before: TargetConfig | null, redeem: RedeemProgram): Promise<TargetConfig> {
  const allowed = targetKindsOf(shapeOf(record))
  if (!allowed.includes(wanted.kind)) throw invalidParameter('kind', `must be ${allowed.join(' or ')} for the value of this secret`)
  if (wanted.kind === 'command') {
    const { args, timeoutSeconds } = wanted
    return { kind: 'command', program: await programOf(wanted.program, before, redeem), args, timeoutSeconds }
  }
  if (!isLoopback(wanted.host)) throw invalidParameter('host', 'must be localhost, 127.0.0.0/8 or ::1: targets are on this machine')
  if (wanted.kind === 'ssh') {
    const { host, port, user, hostKeyFingerprint = null } = wanted
    if (hostKeyFingerprint !== null && !fingerprint.test(hostKeyFingerprint)) throw invalidParameter('hostKeyFingerprint', 'must be SHA256: and 43 characters of Base64, as ssh-keygen -l shows it')
    return { kind: 'ssh', host, port, user, hostKeyFingerprint }
  }
  const server = serverOf(session, record, wanted)
  if (wanted.kind === 'postgresql') return { kind: 'postgresql', ...server, database: wanted.database }
  return wanted.kind === 'mysql' ? { kind: 'mysql', ...server, accountHost: wanted.accountHost } : { kind: 'redis', ...server }
}

function serverOf(session: SecretSession, record: SecretRecord, wanted: Exclude<TargetRequest, { kind: 'ssh' | 'command' }>): ServerConfig {
  const { kind, host, port = usualPorts[kind], socketPath = null, adminSecretName } = wanted
  if (socketPath !== null && (!isAbsolute(socketPath) || process.platform === 'win32')) throw invalidParameter('socketPath', 'must be the absolute path of a socket')
  return { host, port, socketPath, adminSecretId: adminSecretName === undefined ? null : adminIdOf(session, record, adminSecretName, kind) }
}

/** The administrator's secret: another one, with an account and a password. */
function adminIdOf(session: SecretSession, { secretId }: SecretRecord, adminSecretName: string, kind: TargetConfig['kind']): string {
  const admin = session.find(adminSecretName)
  if (!admin) throw invalidParameter('adminSecretName', 'must be the name of a secret')
  requireActive(admin)
  if (admin.secretId === secretId) throw invalidParameter('adminSecretName', 'must be another secret; without one the account changes its own password')
  const { fields, secretType } = admin.record
  const isLogin = (secretType !== 'Generic' || fields?.some(({ name }) => name === 'password')) && targetKindsOf(shapeOf(admin.record)).includes(kind)
  if (!isLogin) throw invalidParameter('adminSecretName', 'must be a secret with username and password, or of the type Rds')
  return admin.secretId
}

async function programOf(handle: string | undefined, before: TargetConfig | null, redeem: RedeemProgram): Promise<string> {
  if (handle === undefined) {
    if (before?.kind !== 'command') throw missingParameter('program')
    return before.program
  }
  const { path, problem } = await checkProgram(redeem(handle))
  if (problem !== null) throw invalidParameter('program', problem)
  return path
}
