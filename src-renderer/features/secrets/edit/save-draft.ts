import { KmsError } from '../../../../src-shared/errors'
import { jsonBytes, kms, withJoinedFields, withPackedFields } from '../../../bridge'
import { givenFields } from './field-draft'
import { managedConfig, managedParts, managedSecrets, type ManagedType } from './managed-draft'
import { changesOf, expiryOf, hasFields, managedTypeOf, nameOf, nextVersionId, saveRequest, typeOf, type SecretDetails, type SecretDraft } from './secret-draft'
import { totpUri } from './totp-uri'

/** A secret that was saved. `restError`: it is there, but favourite or expiry were refused. */
export interface SavedSecret {
  secretName: string
  restError: unknown
}

/** What a save that takes several calls has saved before the last of them: another key, or all around the value. */
export type SavedPart = 'key' | 'around'

/** Told after each call but the last, with the secret as it is by then. */
type Progress = (part: SavedPart, now: SecretDetails) => void

/**
 * Saves the form and empties its secret fields; they stay as they were after a refusal. Throws KmsError: the codes of
 * saveSecret and createSecret, SECRET_CHANGED when the secret is no longer as it was when the form was opened.
 * What was saved before a refusal is told to `onPart`; saving again goes on from there.
 */
export async function saveDraft(draft: SecretDraft, edited: SecretDetails | null, onPart: Progress): Promise<SavedSecret> {
  const base = edited === null ? null : await changeKey(draft, edited, onPart)
  if (hasFields(draft.kind)) return saveFields(draft, base)
  return base === null ? create(draft) : changeWhole(draft, base, onPart)
}

async function saveFields(draft: SecretDraft, edited: SecretDetails | null): Promise<SavedSecret> {
  const given = givenFields(draft.fields)
  for (const field of given) {
    if (field.kind === 'totp' && field.value !== '') field.value = totpUri(field.value, nameOf(draft, edited)) ?? field.value
  }
  const { secretName } = await withPackedFields(given, (values) => kms.saveSecret({ ...saveRequest(draft, edited), values }))
  return { secretName, restError: null }
}

async function create(draft: SecretDraft): Promise<SavedSecret> {
  const managed = managedTypeOf(draft.kind)
  const send = (secretData: Uint8Array) =>
    kms.createSecret({
      secretName: managed === 'RAMCredentials' ? '$Auto' : nameOf(draft, null),
      secretData,
      versionId: nextVersionId([]),
      secretType: typeOf(draft.kind),
      description: draft.description,
      tags: draft.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })),
      ...(managed === null ? {} : { extendedConfig: managedConfig(managed, draft.managed) }),
      ...(draft.keyId === null ? {} : { encryptionKeyId: draft.keyId }),
    })
  const { secretName } = await (managed === null ? withJoinedFields([draft.plain], firstOf, send) : sendManaged(managed, draft, send))
  return { secretName, restError: await saveRest(draft, secretName) }
}

function sendManaged<T>(type: ManagedType, draft: SecretDraft, send: (secretData: Uint8Array) => Promise<T>): Promise<T> {
  const fields = managedSecrets(type, draft.managed).map((name) => ({
    get value() {
      return draft.managed[name]
    },
    set value(value) {
      draft.managed[name] = value
    },
  }))
  return withJoinedFields(fields, (secrets) => jsonBytes(managedParts(type, draft.managed, secrets)), send)
}

/** Favourite and expiry of a new secret that is stored as a whole; answers what went wrong, or null. */
async function saveRest(draft: SecretDraft, secretName: string): Promise<unknown> {
  const expiryDate = expiryOf(draft, null)
  if (!draft.isFavourite && expiryDate === null) return null
  try {
    await kms.changeSecret({ secretName, isFavourite: draft.isFavourite, expiryDate })
    return null
  } catch (problem) {
    return problem
  }
}

/** A secret whose value is not edited by fields: all that is around the value first, which can be refused for its name, then the value. */
async function changeWhole(draft: SecretDraft, edited: SecretDetails, onPart: Progress): Promise<SavedSecret> {
  const { value, renamed, other } = changesOf(draft, edited)
  if (renamed || other) {
    await kms.saveSecret({ ...saveRequest(draft, edited), fields: [], values: new Uint8Array() })
    if (value) onPart('around', withAround(draft, edited))
  }
  const secretName = nameOf(draft, edited)
  if (value) await putPlain(draft, secretName, edited)
  return { secretName, restError: null }
}

function withAround(draft: SecretDraft, edited: SecretDetails): SecretDetails {
  const { description, tags, isFavourite } = draft
  return { ...edited, row: { ...edited.row, secretName: nameOf(draft, edited), description, tags: tags.map((tag) => ({ ...tag })), isFavourite, expiryDate: expiryOf(draft, edited) } }
}

async function putPlain(draft: SecretDraft, secretName: string, { row }: SecretDetails): Promise<void> {
  const now = await kms.getSecretDetails({ secretName })
  if (now.row.currentVersionId !== row.currentVersionId) throw new KmsError('SECRET_CHANGED', 'Another version is current by now.')
  const versionId = nextVersionId(now.versions.map((version) => version.versionId))
  await withJoinedFields([draft.plain], firstOf, (secretData) => kms.putSecretValue({ secretName, versionId, secretData }))
}

/** The key goes first: a new version is then encrypted under it. */
async function changeKey({ keyId }: SecretDraft, edited: SecretDetails, onPart: Progress): Promise<SecretDetails> {
  if (keyId === null || keyId === edited.encryptionKeyId) return edited
  await kms.changeSecret({ secretName: edited.row.secretName, encryptionKeyId: keyId })
  const now = { ...edited, encryptionKeyId: keyId }
  onPart('key', now)
  return now
}

function firstOf(values: readonly Uint8Array[]): Uint8Array {
  return values[0] ?? new Uint8Array()
}
