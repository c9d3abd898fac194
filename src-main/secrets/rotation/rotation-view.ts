import type { Response } from '../../../src-shared/contract/operations'
import type { RotationHistoryEntry, RotationTargetView } from '../../../src-shared/contract/secret-rotation'
import { isoSeconds } from '../../keystore/key-metadata'
import { subTypeOf } from '../extended-config'
import type { SecretSession } from '../secret-session'
import { nextSecretRotationAt } from '../secret-summary'
import { adminSecretIdOf } from './admin-login'
import { readRotation, type RotationEntry, type RotationRun } from './rotation-row'
import type { SecretRotations } from './rotations'
import { placeText, type TargetConfig } from './targets/target-config'

/** How the rotation of a secret stands: target, policy, what is pending, history. SECRET_NOT_FOUND. */
export async function rotationView(rotations: SecretRotations, session: SecretSession, secretName: string): Promise<Response<'getSecretRotation'>> {
  const { secretId, record } = session.resolve(secretName)
  const { target, run, history } = await readRotation(session.records, secretId)
  const { isEnabled, intervalSeconds, lastRotatedAt } = record.rotation
  const subType = subTypeOf(record.extendedConfig)
  return {
    target: target && targetView(session, target),
    subType: subType === '' ? null : subType,
    isEnabled,
    intervalSeconds,
    lastRotationDate: dateOf(lastRotatedAt),
    nextRotationDate: dateOf(nextSecretRotationAt(record)),
    pending: run && pendingView(run),
    isRunning: rotations.isRunning(secretId),
    history: history.map(entryView),
  }
}

function targetView(session: SecretSession, config: TargetConfig): RotationTargetView {
  const adminId = adminSecretIdOf(config)
  const nothing = { host: null, port: null, socketPath: null, database: null, accountHost: null, user: null, hostKeyFingerprint: null, program: null, args: [], timeoutSeconds: null }
  const adminSecretName = adminId === null ? null : (session.index.byId(adminId)?.summary.name ?? null)
  if (config.kind === 'command') {
    const { kind, program, args, timeoutSeconds } = config
    return { ...nothing, kind, address: program, adminSecretName, program, args: [...args], timeoutSeconds }
  }
  if (config.kind === 'ssh') return { ...nothing, ...config, address: `${config.user}@${placeText({ ...config, socketPath: null })}`, adminSecretName }
  const { kind, host, port, socketPath } = config
  const more = config.kind === 'postgresql' ? { database: config.database } : config.kind === 'mysql' ? { accountHost: config.accountHost } : {}
  return { ...nothing, kind, host, port, socketPath, ...more, address: placeText(config), adminSecretName }
}

function pendingView({ versionId, startedAt, doneStep, failure, account }: RotationRun): NonNullable<Response<'getSecretRotation'>['pending']> {
  return { versionId, startedTime: isoSeconds(startedAt), doneStep, failedStep: failure?.step ?? null, code: failure?.code ?? null, reason: failure?.reason ?? null, account }
}

function entryView({ time, versionId, account, result, failure, trigger }: RotationEntry): RotationHistoryEntry {
  return { time: isoSeconds(time), versionId, account, result, step: failure?.step ?? null, code: failure?.code ?? null, reason: failure?.reason ?? null, trigger }
}

function dateOf(timeMs: number | null): string | null {
  return timeMs === null ? null : isoSeconds(timeMs)
}
