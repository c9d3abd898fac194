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

/**
 * Saves the form and empties its secret fields; they stay as they were after a refusal. Throws KmsError: the codes of
 * saveSecret and createSecret, SECRET_CHANGED when the secret is no longer as it was when the form was opened.
 */
export async function saveDraft(draft: SecretDraft, edited: SecretDetails | null): Promise<SavedSecret> {
  if (hasFields(draft.kind)) return saveFields(draft, edited)
  return edited === null ? create(draft) : changeWhole(draft, edited)
}

async function saveFields(draft: SecretDraft, edited: SecretDetails | null): Promise<SavedSecret> {
  if (edited !== null) await changeKey(draft, edited)
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

/** A secret whose value is not edited by fields: a new value first, then all that is around it at once. */
async function changeWhole(draft: SecretDraft, edited: SecretDetails): Promise<SavedSecret> {
  await changeKey(draft, edited)
  const versionId = changesOf(draft, edited).value ? await putPlain(draft, edited) : edited.row.currentVersionId
  const request = saveRequest(draft, edited)
  const { secretName } = await kms.saveSecret({ ...request, fields: [], values: new Uint8Array(), ...(versionId === null ? {} : { basedOnVersionId: versionId }) })
  return { secretName, restError: null }
}

/** Answers the id of the new version. */
async function putPlain(draft: SecretDraft, { row }: SecretDetails): Promise<string> {
  const now = await kms.getSecretDetails({ secretName: row.secretName })
  if (now.row.currentVersionId !== row.currentVersionId) throw new KmsError('SECRET_CHANGED', 'Another version is current by now.')
  const versionId = nextVersionId(now.versions.map((version) => version.versionId))
  await withJoinedFields([draft.plain], firstOf, (secretData) => kms.putSecretValue({ secretName: row.secretName, versionId, secretData }))
  return versionId
}

/** The key goes first: a new version is then encrypted under it. */
async function changeKey({ keyId }: SecretDraft, { row, encryptionKeyId }: SecretDetails): Promise<void> {
  if (keyId !== null && keyId !== encryptionKeyId) await kms.changeSecret({ secretName: row.secretName, encryptionKeyId: keyId })
}

function firstOf(values: readonly Uint8Array[]): Uint8Array {
  return values[0] ?? new Uint8Array()
}
