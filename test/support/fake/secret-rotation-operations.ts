import type { Response } from '../../../src-shared/contract/operations'
import type { RotationTargetView } from '../../../src-shared/contract/secret-rotation'
import { currentStage, pendingStage } from '../../../src-shared/model/secrets'
import { versionWithStage, withPendingCurrent } from '../../../src-shared/model/secret-stages'
import { fakeHandle } from './file-operations'
import { isoOf } from './key-views'
import { editSecret } from './secret-operations'
import type { FakeSecret } from './sample-secrets'
import { activeSecret, findSecret, secretDetailsOf } from './secret-views'
import { wait, type FakeOperations, type FakeState } from './state'
import { refuse } from './refuse'

type RotationName = 'getSecretRotation' | 'setSecretRotationTarget' | 'testSecretRotationTarget' | 'retrySecretRotation' | 'rollBackSecretRotation' | 'chooseRotationProgram'
type Rotation = Response<'getSecretRotation'>

const blankTarget: RotationTargetView = {
  kind: 'postgresql', address: '127.0.0.1:5432', host: '127.0.0.1', port: 5432, socketPath: null, database: 'postgres', accountHost: null,
  adminSecretName: null, user: null, hostKeyFingerprint: null, program: null, args: [], timeoutSeconds: null,
}

/** Rotation targets, pending runs and histories of the fake main; a secret whose last rotation failed waits with a pending version. */
export function secretRotationOperations(state: FakeState): Pick<FakeOperations, RotationName> {
  const targets = new Map<string, RotationTargetView | null>()
  const targetOf = (secret: FakeSecret) => targets.get(secret.name) ?? (secret.rotation.hasTarget ? { ...blankTarget, adminSecretName: 'work/payments/orders-db' } : null)
  const historyOf = ({ name, versions, rotation }: FakeSecret): Rotation['history'] =>
    rotation.lastRotationDate === null ? [] : [
      ...(rotation.isInvalid ? [{ time: isoOf(state.nowMs - 3_600_000), versionId: `${name.length}f3c`, account: null, result: 'failure' as const, step: 'test' as const, code: 'ROTATION_TEST_FAILED', reason: 'password authentication failed for user "warehouse"', trigger: 'schedule' as const }] : []),
      { time: rotation.lastRotationDate, versionId: versions.at(-1)?.versionId ?? '', account: null, result: 'success', step: null, code: null, reason: null, trigger: 'schedule' },
    ]
  const settle = (secretName: string, operation: string, edit: (secret: FakeSecret) => Partial<FakeSecret>) => {
    const secret = activeSecret(state, secretName)
    if (!secret.rotation.isInvalid && versionWithStage(secret.versions, pendingStage) === null) refuse('ROTATION_NOT_PENDING')
    return editSecret(state, operation, secret, { ...edit(secret), rotation: { ...secret.rotation, isInvalid: false, lastRotationDate: isoOf(state.nowMs) } })
  }
  return {
    async getSecretRotation({ secretName }): Promise<Rotation> {
      const secret = findSecret(state, secretName)
      const { rotation } = secretDetailsOf(secret, state.nowMs)
      const subType = secret.extendedConfig === null ? null : ((JSON.parse(secret.extendedConfig) as { SecretSubType?: string }).SecretSubType ?? null)
      return {
        target: targetOf(secret), subType, isEnabled: rotation.isEnabled, intervalSeconds: rotation.intervalSeconds, lastRotationDate: rotation.lastRotationDate, nextRotationDate: rotation.nextRotationDate,
        pending: rotation.isInvalid
          ? { versionId: '11f3c', startedTime: isoOf(state.nowMs - 3_600_000), doneStep: 'apply', failedStep: 'test', code: 'ROTATION_TEST_FAILED', reason: 'password authentication failed for user "warehouse"', account: 'warehouse' }
          : null,
        isRunning: false, history: historyOf(secret),
      }
    },
    async setSecretRotationTarget({ secretName, target }) {
      const secret = activeSecret(state, secretName)
      const known = targetOf(secret)
      const { kind } = target ?? { kind: null }
      const view = target === null || kind === null ? null : { ...blankTarget, host: null, port: null, database: null, ...target, address: 'host' in target ? `${target.host ?? '127.0.0.1'}:${target.port ?? ''}` : '', program: target.kind === 'command' ? (known?.program ?? '/usr/local/bin/rotate-it') : null }
      targets.set(secret.name, view as RotationTargetView | null)
      editSecret(state, 'setSecretRotationTarget', secret, { rotation: { ...secret.rotation, hasTarget: target !== null } })
      return {}
    },
    async testSecretRotationTarget({ secretName }) {
      await wait(state.kdfMs)
      const target = targetOf(activeSecret(state, secretName)) ?? refuse('ROTATION_TARGET_MISSING')
      return { adminLogin: target.adminSecretName === null ? 'not-used' : 'ok', currentLogin: 'ok', code: null, reason: null }
    },
    async retrySecretRotation({ secretName }) {
      const done = settle(secretName, 'retrySecretRotation', ({ versions }) => {
        const pending = versionWithStage(versions, pendingStage)
        return pending ? { versions: withPendingCurrent(versions, pending.versionId) } : {}
      })
      return { secretName, versionId: versionWithStage(done.versions, currentStage)?.versionId ?? '' }
    },
    async rollBackSecretRotation({ secretName }) {
      settle(secretName, 'rollBackSecretRotation', ({ versions }) => ({ versions: versions.filter(({ stages }) => !stages.includes(pendingStage)) }))
      return {}
    },
    chooseRotationProgram: async () => ({ program: { handle: fakeHandle(), name: 'rotate-it', path: '/usr/local/bin/rotate-it' } }),
  }
}
