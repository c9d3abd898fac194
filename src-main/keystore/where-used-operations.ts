import type { Request, Response } from '../../src-shared/contract/operations'
import type { whereUsedSchemas } from '../../src-shared/contract/where-used'
import type { Caller } from '../../src-shared/model/caller'
import { invalidParameter } from '../../src-shared/errors'
import { uuid } from '../crypto/random'
import { isoSeconds } from './key-metadata'
import type { KeyOperationsOf } from './key-operation'
import type { KeySession } from './key-session'
import { symmetricOperations } from './symmetric-operations'
import { decodeUse, type KeyUseEntry, type KeyUseRow } from './where-used-row'

const exampleCount = 10

/** ListKeyUses: what the app has encrypted with a key, newest first. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
async function listKeyUses(session: KeySession, _caller: Caller, request: Request<'listKeyUses'>): Promise<Response<'listKeyUses'>> {
  const { keyVersionId, onlyOld, offset, count } = request
  const { keyId, record } = session.resolve(request.keyId)
  const all = await session.whereUsed.ofKey(keyId)
  const isWanted = (entry: KeyUseEntry) => (keyVersionId === undefined || entry.keyVersionId === keyVersionId) && !(onlyOld && entry.keyVersionId === record.primaryVersionId)
  const found = keyVersionId === undefined && !onlyOld ? all : all.filter(isWanted)
  return { total: found.length, uses: found.slice(offset, offset + count).map(viewOf) }
}

/**
 * KeepCiphertext: the blob must be one of ours that authenticates with this context, so that finish-rotation can renew
 * it. The codes of Decrypt.
 */
async function keepCiphertext(session: KeySession, caller: Caller, request: Request<'keepCiphertext'>): Promise<Response<'keepCiphertext'>> {
  const { name, ciphertextBlob, encryptionContext = {} } = request
  const { keyId, keyVersionId, plaintext } = await symmetricOperations.decrypt(session, caller, { ciphertextBlob, encryptionContext })
  plaintext.fill(0)
  const entry: KeyUseEntry = {
    useId: uuid(),
    kind: 'ciphertext',
    name,
    keyId,
    keyVersionId,
    encryptedAt: session.nowMs(),
    isMissing: false,
    bytes: ciphertextBlob.length,
  }
  const row: KeyUseRow = { entry, content: { kind: 'ciphertext', ciphertextBlob: ciphertextBlob.slice(), encryptionContext } }
  await session.whereUsed.change(caller, keyId, async () => ({ puts: [row], removes: [] }))
  return { useId: entry.useId }
}

/** GetKeptCiphertext. INVALID_PARAMETER (useId) when it names no kept ciphertext. */
async function getKeptCiphertext(session: KeySession, _caller: Caller, { useId }: Request<'getKeptCiphertext'>): Promise<Response<'getKeptCiphertext'>> {
  const row = await session.records.read('where-used', useId)
  const use = row && decodeUse(useId, row)
  if (use?.content.kind !== 'ciphertext') throw unknownUse()
  const { name, keyId, keyVersionId } = use.entry
  const { ciphertextBlob, encryptionContext } = use.content
  return { name, ciphertextBlob, encryptionContext: { ...encryptionContext }, keyId, keyVersionId }
}

/** ForgetKeyUse: the file itself is not touched. INVALID_PARAMETER (useId) when there is no such entry. */
async function forgetKeyUse(session: KeySession, caller: Caller, { useId }: Request<'forgetKeyUse'>): Promise<Record<string, never>> {
  const row = await session.records.read('where-used', useId)
  if (row === null) throw unknownUse()
  await session.whereUsed.change(caller, decodeUse(useId, row).entry.keyId, async () => ({ puts: [], removes: [useId] }))
  return {}
}

/** How many entries need each version of a key; versions that nothing needs are absent. */
export async function countsByVersion(session: KeySession, keyId: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const { keyVersionId } of await session.whereUsed.ofKey(keyId)) counts.set(keyVersionId, (counts.get(keyVersionId) ?? 0) + 1)
  return counts
}

/** What would become unreadable without a key: counts and up to ten names, newest first. */
export async function previewOf(session: KeySession, keyId: string): Promise<{ files: number; ciphertexts: number; examples: string[] }> {
  const uses = await session.whereUsed.ofKey(keyId)
  const files = uses.reduce((total, { kind }) => total + Number(kind === 'file'), 0)
  return { files, ciphertexts: uses.length - files, examples: uses.slice(0, exampleCount).map(({ name }) => name) }
}

function viewOf({ useId, kind, name, keyId, keyVersionId, encryptedAt, isMissing }: KeyUseEntry) {
  return { useId, kind, name, keyId, keyVersionId, encryptedAt: isoSeconds(encryptedAt), isMissing }
}

function unknownUse() {
  return invalidParameter('useId', 'names no entry of this vault')
}

type OwnOperations = Pick<typeof whereUsedSchemas, 'listKeyUses' | 'keepCiphertext' | 'getKeptCiphertext' | 'forgetKeyUse'>

export const whereUsedOperations: KeyOperationsOf<OwnOperations> = { listKeyUses, keepCiphertext, getKeptCiphertext, forgetKeyUse }
