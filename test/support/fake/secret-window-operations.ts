import { currentStage, foldersOf, secretLimits } from '../../../src-shared/model/secrets'
import { unpackValues } from '../../../src-shared/model/packed-values'
import { versionWithStage } from '../../../src-shared/model/secret-stages'
import { sampleId } from './sample-keys'
import { isoOf } from './key-views'
import type { FakeSecret } from './sample-secrets'
import { addedVersion, editSecret, newSecret, noteUse, requireFreeName } from './secret-operations'
import { generatedValue, healthOf, rotationCalendar } from './secret-reports'
import { secretSearch } from './secret-search'
import { activeSecret, findSecret, secretDetailsOf, valuesOf, versionOf } from './secret-views'
import { wait, type FakeOperations, type FakeState } from './state'
import { refuse } from './refuse'

type WindowName =
  | 'searchSecrets' | 'listSecretFolders' | 'getSecretDetails' | 'saveSecret' | 'changeSecret' | 'moveSecretFolder' | 'revealSecretValue' | 'copySecretValue' | 'copySecretText'
  | 'clearClipboard' | 'getTotpCode' | 'compareSecretVersions' | 'generateSecretValue' | 'addSecretAttachment' | 'saveSecretAttachment' | 'removeSecretAttachment'
  | 'checkSecretHealth' | 'listRotationCalendar' | 'saveRotationCalendar'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (value: Uint8Array): string => new TextDecoder().decode(value)

/** What the window alone asks about secrets, of the fake main. */
export function secretWindowOperations(state: FakeState): Pick<FakeOperations, WindowName> {
  const search = secretSearch(state)
  let clearing: ReturnType<typeof setTimeout> | undefined

  function clearClipboard(): void {
    clearTimeout(clearing)
    state.clipboard = null
    state.emit('clipboardChanged', { clearsAt: null })
  }
  function copy(value: Uint8Array): { clearsAt: string } {
    clearTimeout(clearing)
    const ms = state.settings.clipboardClearSeconds * 1000
    state.clipboard = text(value)
    clearing = setTimeout(clearClipboard, ms)
    const clearsAt = new Date(Date.now() + ms).toISOString()
    state.emit('clipboardChanged', { clearsAt })
    return { clearsAt }
  }
  function valueOf(secret: FakeSecret, { versionId, versionStage, field }: { versionId?: string; versionStage?: string; field?: string }) {
    const version = versionOf(secret, versionId, versionStage)
    const value = field === undefined ? version.value : bytes(valuesOf(version)?.[field] ?? refuse('SECRET_FIELD_NOT_FOUND'))
    return { value, dataType: version.dataType, versionId: version.versionId }
  }
  const totpCode = () => String(Math.floor(Date.now() / 30_000) * 7919).slice(-6)

  return {
    async searchSecrets(request) {
      const rows = search(request)
      const { offset = 0, count = 100 } = request
      return { total: rows.length, rows: rows.slice(offset, offset + count) }
    },
    async listSecretFolders({ parent = '' }) {
      const counts = new Map<string, { count: number; hasFolders: boolean }>()
      const active = state.secrets.filter(({ plannedDeleteTime }) => plannedDeleteTime === null)
      const depth = parent === '' ? 0 : parent.split('/').length
      for (const { name } of active) {
        const folders = foldersOf(name)
        const path = folders[depth]
        if (path === undefined || (parent !== '' && folders[depth - 1] !== parent)) continue
        const known = counts.get(path)
        counts.set(path, { count: (known?.count ?? 0) + 1, hasFolders: (known?.hasFolders ?? false) || folders.length > depth + 1 })
      }
      const folders = [...counts].map(([path, known]) => ({ path, name: path.slice(path.lastIndexOf('/') + 1), ...known }))
      return {
        folders: folders.toSorted((a, b) => (a.path < b.path ? -1 : 1)).slice(0, 1000),
        total: active.length, deleted: state.secrets.length - active.length, favourites: active.filter(({ isFavourite }) => isFavourite).length,
      }
    },
    getSecretDetails: async ({ secretName }) => secretDetailsOf(findSecret(state, secretName), state.nowMs),
    async saveSecret({ existing, name, template, description = '', fields, values, tags = [], isFavourite = false, expiryDate = null, basedOnVersionId }) {
      const before = existing === undefined ? newSecret(state, name) : activeSecret(state, existing)
      if (before.name !== name || existing === undefined) requireFreeName(state, name, before.secretType)
      const current = versionWithStage(before.versions, currentStage)
      if (basedOnVersionId !== undefined && current?.versionId !== basedOnVersionId) refuse('SECRET_CHANGED')
      const given = unpackValues(values) ?? refuse('INVALID_PARAMETER', { fields: [{ field: 'values', problem: 'must be packed values' }] })
      const known = (current && valuesOf(current)) ?? {}
      const parts = given.map(text)
      const object = Object.fromEntries(fields.map(({ name: fieldName, isGiven, from }) => [fieldName, isGiven ? (parts.shift() ?? '') : (known[from ?? fieldName] ?? '')]))
      const value = bytes(JSON.stringify(object))
      // A value that is not a set of fields is not edited here.
      const isWhole = existing !== undefined && before.fields === null && fields.length === 0
      const isSame = current !== null && (isWhole || text(current.value) === text(value))
      const versionId = isSame ? current.versionId : `v${before.versions.length + 1}-${sampleId(state.audit.length).slice(0, 4)}`
      const changed = {
        name, template, description, isFavourite, expiryDate, tags: tags.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue })),
        fields: isWhole ? null : fields.map((field) => ({ name: field.name, kind: field.kind, isSecret: field.isSecret })),
        versions: isSame ? before.versions : addedVersion(state, before, { versionId, value, dataType: 'text' }),
      }
      if (existing === undefined) state.secrets = [before, ...state.secrets]
      editSecret(state, 'saveSecret', before, changed)
      return { secretName: name, versionId }
    },
    async changeSecret({ secretName, newName, isFavourite, expiryDate }) {
      const secret = activeSecret(state, secretName)
      if (newName !== undefined && newName !== secret.name) requireFreeName(state, newName, secret.secretType)
      editSecret(state, 'changeSecret', secret, {
        name: newName ?? secret.name, isFavourite: isFavourite ?? secret.isFavourite, expiryDate: expiryDate === undefined ? secret.expiryDate : expiryDate,
      })
      return { secretName: newName ?? secret.name }
    },
    async moveSecretFolder({ from, to }) {
      const inside = state.secrets.filter(({ name }) => name.startsWith(`${from}/`))
      const moved = new Map(inside.map((secret) => [secret, to === '' ? secret.name.slice(from.length + 1) : to + secret.name.slice(from.length)]))
      const others = new Set(state.secrets.filter((secret) => !moved.has(secret)).map(({ name }) => name))
      for (const name of moved.values()) if (others.has(name)) refuse('SECRET_EXISTS', { secretName: name })
      state.secrets = state.secrets.map((secret) => ({ ...secret, name: moved.get(secret) ?? secret.name }))
      noteUse(state, 'moveSecretFolder', to)
      state.emit('secretsChanged', { secretName: null })
      return { moved: moved.size }
    },
    async revealSecretValue(request) {
      const secret = activeSecret(state, request.secretName)
      const found = valueOf(secret, request)
      noteUse(state, 'revealSecretValue', secret.name)
      return found
    },
    async copySecretValue({ as = 'value', ...request }) {
      const secret = activeSecret(state, request.secretName)
      const { value } = valueOf(secret, request)
      noteUse(state, 'copySecretValue', secret.name)
      return copy(as === 'totp' ? bytes(totpCode()) : value)
    },
    copySecretText: async ({ value }) => copy(value),
    clearClipboard: async () => (clearClipboard(), {}),
    async getTotpCode({ secretName, field }) {
      const secret = activeSecret(state, secretName)
      const { value } = valueOf(secret, { field })
      if (!text(value).startsWith('otpauth://')) refuse('UNSUPPORTED_OPERATION')
      return { code: bytes(totpCode()), periodSeconds: 30, secondsLeft: 30 - Math.floor((Date.now() / 1000) % 30), issuer: 'GitHub', account: 'ada@example.com' }
    },
    async compareSecretVersions({ secretName, fromVersionId, toVersionId }) {
      const secret = activeSecret(state, secretName)
      const [from, to] = [versionOf(secret, fromVersionId), versionOf(secret, toVersionId)]
      const [before, after] = [valuesOf(from), valuesOf(to)]
      const size = (value: string | undefined) => (value === undefined ? null : bytes(value).length)
      const changeOf = (old: string | undefined, now: string | undefined) => (old === undefined ? 'added' : now === undefined ? 'removed' : old === now ? 'same' : 'changed')
      const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
      return {
        isSame: text(from.value) === text(to.value), fromBytes: from.value.length, toBytes: to.value.length,
        fields: before && after && names.map((name) => ({
          name, isSecret: secret.fields?.find((field) => field.name === name)?.isSecret ?? true, change: changeOf(before[name], after[name]), fromBytes: size(before[name]), toBytes: size(after[name]),
        })),
      }
    },
    generateSecretValue: async (request) => generatedValue(request),
    async addSecretAttachment({ secretName, name = 'notes.txt' }) {
      const secret = activeSecret(state, secretName)
      if (secret.attachments.length >= secretLimits.attachments) refuse('LIMIT_EXCEEDED', { limit: secretLimits.attachments })
      const attachment = { attachmentId: sampleId(900_000 + state.audit.length), name, sizeBytes: 48_213, addedTime: isoOf(state.nowMs) }
      editSecret(state, 'addSecretAttachment', secret, { attachments: [...secret.attachments, attachment] })
      return { attachment }
    },
    async saveSecretAttachment({ secretName, attachmentId }) {
      const found = activeSecret(state, secretName).attachments.find((attachment) => attachment.attachmentId === attachmentId) ?? refuse('SECRET_ATTACHMENT_NOT_FOUND')
      return { sizeBytes: found.sizeBytes }
    },
    async removeSecretAttachment({ secretName, attachmentId }) {
      const secret = activeSecret(state, secretName)
      if (!secret.attachments.some((attachment) => attachment.attachmentId === attachmentId)) refuse('SECRET_ATTACHMENT_NOT_FOUND')
      editSecret(state, 'removeSecretAttachment', secret, { attachments: secret.attachments.filter((attachment) => attachment.attachmentId !== attachmentId) })
      return {}
    },
    async checkSecretHealth({ offset = 0, count = 100, refresh = true }) {
      const report = healthOf(state)
      for (let done = 0; refresh && done <= report.checked; done += Math.max(1, Math.ceil(report.checked / 5))) {
        state.emit('secretWorkChanged', { work: 'health', done, total: report.checked })
        await wait(state.kdfMs / 5)
      }
      return { ...report, findings: report.findings.slice(offset, offset + count) }
    },
    async listRotationCalendar({ until, offset = 0, count = 100 }) {
      const entries = rotationCalendar(state).filter(({ date }) => until === undefined || date <= until)
      return { total: entries.length, overdue: entries.filter(({ isOverdue }) => isOverdue).length, entries: entries.slice(offset, offset + count) }
    },
    saveRotationCalendar: async () => ({ entries: rotationCalendar(state).length }),
  }
}
