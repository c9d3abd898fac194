import { parseDuration } from '../../../src-shared/model/duration'
import { currentStage, secretNameProblem, stageProblem, versionIdProblem } from '../../../src-shared/model/secrets'
import { movedStage, requestedStages, versionWithStage, withVersion } from '../../../src-shared/model/secret-stages'
import type { FakeSecret, FakeSecretVersion } from './sample-secrets'
import { activeSecret, findSecret, secretDetailsOf, versionOf } from './secret-views'
import { isoOf } from './key-views'
import type { FakeOperations, FakeState } from './state'
import { refuse } from './refuse'

type SecretName =
  | 'createSecret' | 'getSecretValue' | 'putSecretValue' | 'updateSecret' | 'updateSecretVersionStage' | 'listSecretVersionIds' | 'listSecrets'
  | 'describeSecret' | 'deleteSecret' | 'restoreSecret' | 'updateSecretRotationPolicy' | 'rotateSecret' | 'setSecretPolicy' | 'getSecretPolicy'

const bad = (field: string, problem: string | null): void => void (problem !== null && refuse('INVALID_PARAMETER', { fields: [{ field, problem }] }))

/** Notes in the fake audit log what was done with a secret. */
export function noteUse(state: FakeState, operation: string, secretName: string): void {
  const sequence = (state.audit[0]?.sequence ?? 0) + 1
  state.audit = [{ sequence, time: isoOf(state.nowMs), face: 'ipc', client: 'window', operation, resource: secretName, result: 'ok', code: null }, ...state.audit]
}

/** Replaces a secret by what `edit` makes of it, notes it and tells the page. */
export function editSecret(state: FakeState, operation: string, secret: FakeSecret, edit: Partial<FakeSecret>): FakeSecret {
  const changed = { ...secret, updateTime: isoOf(state.nowMs), ...edit }
  state.secrets = state.secrets.map((other) => (other === secret ? changed : other))
  noteUse(state, operation, changed.name)
  state.emit('secretsChanged', { secretName: changed.name === secret.name ? changed.name : null })
  return changed
}

/** SECRET_EXISTS, SECRET_IN_DELETE_WINDOW or INVALID_PARAMETER unless a secret may get this name. */
export function requireFreeName(state: FakeState, name: string, secretType: FakeSecret['secretType'] = 'Generic'): void {
  bad('secretName', secretNameProblem(name, secretType))
  const taken = state.secrets.find((secret) => secret.name === name)
  if (taken) refuse(taken.plannedDeleteTime === null ? 'SECRET_EXISTS' : 'SECRET_IN_DELETE_WINDOW', { secretName: name })
}

/** The versions of a secret with one more; the same id with the same value changes nothing. */
export function addedVersion(state: FakeState, secret: FakeSecret, added: Omit<FakeSecretVersion, 'stages' | 'createTime'>, stages?: readonly string[]): readonly FakeSecretVersion[] {
  bad('versionId', versionIdProblem(added.versionId))
  const known = secret.versions.find(({ versionId }) => versionId === added.versionId)
  const isSame = known?.value.length === added.value.length && known.value.every((byte, at) => byte === added.value[at])
  if (known) return isSame ? secret.versions : refuse('SECRET_VERSION_EXISTS')
  return withVersion(secret.versions, { ...added, createTime: isoOf(state.nowMs), stages: [] }, requestedStages(stages)).versions
}

/** A secret as it begins. */
export function newSecret(state: FakeState, name: string): FakeSecret {
  const now = isoOf(state.nowMs)
  return {
    name, secretType: 'Generic', template: null, description: '', createTime: now, updateTime: now, tags: [], isFavourite: false, expiryDate: null,
    plannedDeleteTime: null, extendedConfig: null, encryptionKeyName: 'acs/secrets', fields: null, versions: [], attachments: [],
    rotation: { isEnabled: false, intervalSeconds: null, lastRotationDate: null, hasTarget: false, isInvalid: false },
  }
}

/** The KMS operations on secrets of the fake main. */
export function secretOperations(state: FakeState): Pick<FakeOperations, SecretName> {
  const rotationFields = ({ rotation }: FakeSecret) => ({ automaticRotation: rotation.isInvalid ? 'Invalid' : rotation.isEnabled ? 'Enabled' : 'Disabled' })
  const arnOf = (name: string) => `acs:kms:local:8f14e45fceea167a:secret/${name}`
  return {
    async createSecret({ secretName, secretData, versionId, secretType = 'Generic', secretDataType = 'text', description = '', tags = [], extendedConfig }) {
      requireFreeName(state, secretName, secretType)
      const blank = { ...newSecret(state, secretName), secretType, description, extendedConfig: extendedConfig ?? null, tags: tags.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue })) }
      const secret = { ...blank, versions: addedVersion(state, blank, { versionId, value: secretData, dataType: secretDataType }) }
      state.secrets = [secret, ...state.secrets]
      noteUse(state, 'createSecret', secretName)
      state.emit('secretsChanged', { secretName })
      return { arn: arnOf(secretName), secretName, versionId, secretType, dKMSInstanceId: 'v-1' }
    },
    async getSecretValue({ secretName, versionId, versionStage }) {
      const secret = activeSecret(state, secretName)
      const version = versionOf(secret, versionId, versionStage)
      noteUse(state, 'getSecretValue', secret.name)
      const { value, dataType, createTime, stages } = version
      return { secretName: secret.name, secretType: secret.secretType, secretData: value, secretDataType: dataType, versionId: version.versionId, versionStages: [...stages], createTime, ...rotationFields(secret) }
    },
    async putSecretValue({ secretName, versionId, secretData, secretDataType = 'text', versionStages }) {
      const secret = activeSecret(state, secretName)
      const versions = addedVersion(state, secret, { versionId, value: secretData, dataType: secretDataType }, versionStages)
      editSecret(state, 'putSecretValue', secret, { versions })
      return { secretName: secret.name, versionId, versionStages: [...(versions.find((version) => version.versionId === versionId)?.stages ?? [])] }
    },
    async updateSecret({ secretName, description, extendedConfig }) {
      const secret = activeSecret(state, secretName)
      editSecret(state, 'updateSecret', secret, { description: description ?? secret.description, extendedConfig: extendedConfig ?? secret.extendedConfig })
      return { secretName: secret.name }
    },
    async updateSecretVersionStage({ secretName, versionStage, removeFromVersion, moveToVersion }) {
      const secret = activeSecret(state, secretName)
      bad('versionStage', stageProblem(versionStage))
      editSecret(state, 'updateSecretVersionStage', secret, { versions: movedStage(secret.versions, { stage: versionStage, removeFromVersion, moveToVersion }) })
      return { secretName: secret.name }
    },
    async listSecretVersionIds({ secretName, includeDeprecated = false, pageNumber = 1, pageSize = 20 }) {
      const { name, versions } = findSecret(state, secretName)
      const shown = versions.filter(({ stages }) => includeDeprecated || stages.length > 0)
      const versionIds = shown.map(({ versionId, createTime, stages }) => ({ versionId, createTime, versionStages: [...stages] }))
      return { secretName: name, totalCount: shown.length, pageNumber, pageSize, versionIds: versionIds.slice((pageNumber - 1) * pageSize, pageNumber * pageSize) }
    },
    async listSecrets({ pageNumber = 1, pageSize = 10 }) {
      const rows = state.secrets.slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
      const secretList = rows.map(({ name, secretType, createTime, updateTime }) => ({ secretName: name, secretType, createTime, updateTime, dKMSInstanceId: 'v-1' }))
      return { totalCount: state.secrets.length, pageNumber, pageSize, secretList }
    },
    async describeSecret({ secretName }) {
      const secret = findSecret(state, secretName)
      const { arn, creator, encryptionKeyId, row } = secretDetailsOf(secret, state.nowMs)
      const { description, createTime, updateTime } = row
      return { arn, creator, encryptionKeyId, secretName: secret.name, description, createTime, updateTime, secretType: secret.secretType, dKMSInstanceId: 'v-1', ...rotationFields(secret) }
    },
    async deleteSecret({ secretName, recoveryWindowInDays = 30, forceDeleteWithoutRecovery = false }) {
      const secret = findSecret(state, secretName)
      const plannedDeleteTime = isoOf(state.nowMs + (forceDeleteWithoutRecovery ? 0 : recoveryWindowInDays * 86_400_000))
      if (!forceDeleteWithoutRecovery) editSecret(state, 'deleteSecret', activeSecret(state, secretName), { plannedDeleteTime })
      else {
        state.secrets = state.secrets.filter((other) => other !== secret)
        noteUse(state, 'deleteSecret', secret.name)
        state.emit('secretsChanged', { secretName: secret.name })
      }
      return { secretName: secret.name, plannedDeleteTime }
    },
    async restoreSecret({ secretName }) {
      const secret = findSecret(state, secretName)
      editSecret(state, 'restoreSecret', secret, { plannedDeleteTime: null })
      return { secretName: secret.name }
    },
    async updateSecretRotationPolicy({ secretName, enableAutomaticRotation, rotationInterval }) {
      const secret = activeSecret(state, secretName)
      if (secret.secretType === 'Generic') refuse('UNSUPPORTED_OPERATION')
      const intervalSeconds = rotationInterval === undefined ? secret.rotation.intervalSeconds : parseDuration(rotationInterval)
      editSecret(state, 'updateSecretRotationPolicy', secret, { rotation: { ...secret.rotation, isEnabled: enableAutomaticRotation, intervalSeconds } })
      return { secretName: secret.name }
    },
    async rotateSecret({ secretName, versionId }) {
      const secret = activeSecret(state, secretName)
      if (secret.secretType === 'Generic') refuse('UNSUPPORTED_OPERATION')
      if (!secret.rotation.hasTarget) refuse('ROTATION_TARGET_MISSING')
      const current = versionWithStage(secret.versions, currentStage) ?? refuse('SECRET_VERSION_NOT_FOUND')
      const versions = addedVersion(state, secret, { versionId, value: Uint8Array.from(current.value, (byte, at) => (at === current.value.length - 3 ? byte ^ 1 : byte)), dataType: 'text' })
      editSecret(state, 'rotateSecret', secret, { versions, rotation: { ...secret.rotation, lastRotationDate: isoOf(state.nowMs), isInvalid: false } })
      return { arn: arnOf(secret.name), secretName: secret.name, versionId }
    },
    setSecretPolicy: async ({ secretName }) => (findSecret(state, secretName), {}),
    getSecretPolicy: async ({ secretName }) => (findSecret(state, secretName), { policy: '{}' }),
  }
}
