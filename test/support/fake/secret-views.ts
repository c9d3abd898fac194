import type { SecretFieldView, SecretRow } from '../../../src-shared/contract/secret-window'
import { currentStage, dueSoonDays, pendingStage, type SecretState } from '../../../src-shared/model/secrets'
import { versionWithStage } from '../../../src-shared/model/secret-stages'
import type { Response } from '../../../src-shared/contract/operations'
import type { FakeSecret, FakeSecretVersion } from './sample-secrets'
import type { FakeState } from './state'
import { isoOf } from './key-views'
import { refuse } from './refuse'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** The secret of a name or ARN. SECRET_NOT_FOUND. */
export function findSecret(state: FakeState, reference: string): FakeSecret {
  const name = reference.replace(/^acs:kms:local:[^:]+:secret\//, '')
  return state.secrets.find((secret) => secret.name === name) ?? refuse('SECRET_NOT_FOUND')
}

/** The secret, when it is not in the recycle bin. */
export function activeSecret(state: FakeState, reference: string): FakeSecret {
  const secret = findSecret(state, reference)
  return secret.plannedDeleteTime === null ? secret : refuse('SECRET_IN_DELETE_WINDOW', { secretName: secret.name })
}

/** Version by id or stage; the current one without either. SECRET_VERSION_NOT_FOUND. */
export function versionOf(secret: FakeSecret, versionId?: string, versionStage: string = currentStage): FakeSecretVersion {
  const found = versionId === undefined ? versionWithStage(secret.versions, versionStage) : secret.versions.find((version) => version.versionId === versionId)
  return found ?? refuse('SECRET_VERSION_NOT_FOUND')
}

/** Values by field of a version; null when it is no flat object of text. */
export function valuesOf({ dataType, value }: FakeSecretVersion): Record<string, string> | null {
  if (dataType === 'binary' || value[0] !== 0x7b) return null
  const parsed = JSON.parse(text(value)) as Record<string, unknown>
  return Object.values(parsed).every((member) => typeof member === 'string') ? (parsed as Record<string, string>) : null
}

function nextRotation({ rotation, createTime }: FakeSecret): string | null {
  if (!rotation.isEnabled || rotation.intervalSeconds === null) return null
  return isoOf(Date.parse(rotation.lastRotationDate ?? createTime) + rotation.intervalSeconds * 1000)
}

function statesOf(secret: FakeSecret, nowMs: number): SecretState[] {
  if (secret.plannedDeleteTime !== null) return ['deleted']
  const expiry = secret.expiryDate === null ? Infinity : Date.parse(secret.expiryDate)
  const next = nextRotation(secret)
  return [
    'active' as const,
    ...(expiry <= nowMs ? ['expired' as const] : expiry <= nowMs + dueSoonDays * 86_400_000 ? ['due-soon' as const] : []),
    ...(next !== null && Date.parse(next) <= nowMs ? ['rotation-overdue' as const] : []),
    ...(secret.rotation.isInvalid ? ['rotation-failed' as const] : []),
    ...(versionWithStage(secret.versions, pendingStage) ? ['rotation-pending' as const] : []),
  ]
}

function publicValues(secret: FakeSecret): Record<string, string> {
  const current = versionWithStage(secret.versions, currentStage)
  const values = (current && valuesOf(current)) ?? {}
  return Object.fromEntries((secret.fields ?? []).flatMap(({ name, isSecret }) => (isSecret || values[name] === undefined ? [] : [[name, values[name]]])))
}

export function secretRowOf(secret: FakeSecret, nowMs: number): SecretRow {
  const values = publicValues(secret)
  const { name, secretType, template, description, isFavourite, createTime, updateTime, expiryDate, plannedDeleteTime, tags } = secret
  return {
    secretName: name, secretType, template, description, subtitle: values['username'] ?? values['key_id'] ?? values['host'] ?? null,
    currentVersionId: versionWithStage(secret.versions, currentStage)?.versionId ?? null, versions: secret.versions.length, tags, isFavourite,
    states: statesOf(secret, nowMs), createTime, updateTime, expiryDate, nextRotationDate: nextRotation(secret), plannedDeleteTime,
  }
}

/** Text in which words are searched, in lower case; never a value that is secret. */
export function searchTextOf(secret: FakeSecret): string {
  const tags = secret.tags.map(({ key, value }) => `${key} ${value}`)
  return [secret.name, secret.description, ...tags, ...Object.values(publicValues(secret))].join('\n').toLowerCase()
}

function fieldViews(secret: FakeSecret): SecretFieldView[] | null {
  const shown = publicValues(secret)
  const current = versionWithStage(secret.versions, currentStage)
  const values = (current && valuesOf(current)) ?? {}
  return secret.fields?.map((field) => ({ ...field, value: shown[field.name] ?? null, hasValue: (values[field.name] ?? '') !== '' })) ?? null
}

export function secretDetailsOf(secret: FakeSecret, nowMs: number): Response<'getSecretDetails'> {
  return {
    row: secretRowOf(secret, nowMs), arn: `acs:kms:local:8f14e45fceea167a:secret/${secret.name}`, creator: 'window',
    encryptionKeyId: `key-of-${secret.encryptionKeyName.replaceAll('/', '-')}`, encryptionKeyName: `alias/${secret.encryptionKeyName}`, extendedConfig: secret.extendedConfig,
    fields: fieldViews(secret), dataType: secret.versions.at(-1)?.dataType ?? 'text',
    versions: secret.versions.map(({ value, stages, ...version }) => ({ ...version, stages: [...stages], sizeBytes: value.length })),
    attachments: secret.attachments, rotation: { ...secret.rotation, nextRotationDate: nextRotation(secret) },
  }
}
