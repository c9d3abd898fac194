import { basename } from 'node:path'
import type { FileHeaderInfo } from '../../../src-shared/contract/files'
import { inspectedFacts } from '../../../src-shared/contract/inspection'
import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter, isKmsError } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { limits } from '../../../src-shared/model/limits'
import { equalBytes } from '../../crypto/bytes'
import { inspectFile } from '../../files/inspect-file'
import { readStart } from '../../files/read-source'
import type { Keystore } from '../../keystore/keystore'
import type { PathHandles } from '../../platform/path-handles'
import { decodeText } from './decode-text'
import { recognise, type Recognised } from './recognise'

type Inspection = Response<'inspectBlob'>
type Match = Pick<Inspection, 'keyId' | 'keyVersionId' | 'canOpen'>

const noMatch: Match = { keyId: null, keyVersionId: null, canOpen: null }
const notAFile = new Set(['FILE_NOT_ENCRYPTED', 'FILE_UNSUPPORTED', 'FILE_MALFORMED', 'FILE_TRUNCATED'])

/**
 * Says what bytes or a file are and which key of the vault they belong to; works without a vault as well, then without
 * keys. INVALID_PARAMETER, HANDLE_INVALID and the codes of files.
 */
export async function inspectBlob(
  { keystore, handles }: { keystore: Keystore; handles: PathHandles },
  caller: Caller,
  { content, file }: Request<'inspectBlob'>,
): Promise<Inspection> {
  if ((content === undefined) === (file === undefined)) throw invalidParameter('content', 'or file must be given, and not both')
  if (file === undefined) return { ...(await inspectBytes(keystore, content ?? new Uint8Array(0))), fileName: null, header: null }
  const path = handles.redeem(file, 'source')
  const { start, sizeBytes } = await readStart(path, limits.inspectedBytes)
  try {
    const found = await inspectBytes(keystore, start)
    const header = found.kind === 'encrypted-file' || found.kind === 'unknown' ? await headerOf(keystore, caller, path) : null
    const kind = header ? 'encrypted-file' : found.kind
    return { ...found, ...(header ? fileMatch(header) : {}), kind, fileName: basename(path), sizeBytes, header }
  } finally {
    start.fill(0)
  }
}

async function inspectBytes(keystore: Keystore, content: Uint8Array): Promise<Omit<Inspection, 'fileName' | 'header'>> {
  const { encoding, bytes } = decodeText(content)
  try {
    const { facts, ...found } = await recognise(bytes)
    const told = { encoding, ...facts }
    return {
      kind: found.kind,
      sizeBytes: content.length,
      facts: inspectedFacts.flatMap((name) => (told[name] ? [{ name, value: told[name] }] : [])),
      ...(await matchOf(keystore, { facts, ...found })),
    }
  } finally {
    bytes.fill(0)
  }
}

async function matchOf(keystore: Keystore, found: Recognised): Promise<Match> {
  if (!keystore.isUnlocked) return noMatch
  const names = found.names ?? found.entries?.map((entry) => keystore.fileKeys.describeEntry(entry)).find((named) => named && isKnown(keystore, named.keyId))
  if (names && isKnown(keystore, names.keyId)) return { ...names, canOpen: keystore.fileKeys.canOpen(names.keyId, names.keyVersionId) }
  if (found.publicKey) return (await ownerOf(keystore, found.publicKey)) ?? noMatch
  return found.names || found.entries ? { ...noMatch, canOpen: false } : noMatch
}

function isKnown(keystore: Keystore, keyId: string): boolean {
  return keystore.session().index.byId(keyId) !== null
}

/** The version that has this public key. */
async function ownerOf(keystore: Keystore, publicKey: Uint8Array): Promise<Match | null> {
  const rows = await keystore.session().records.list('public-key')
  const row = rows.find(({ bytes }) => equalBytes(bytes, publicKey))
  return row && row.parentId !== null ? { keyId: row.parentId, keyVersionId: row.id, canOpen: null } : null
}

async function headerOf(keystore: Keystore, caller: Caller, path: string): Promise<FileHeaderInfo | null> {
  try {
    return await inspectFile(caller, keystore.fileKeys, path)
  } catch (error) {
    if (isKmsError(error) && notAFile.has(error.code)) return null
    throw error
  }
}

function fileMatch({ recipients }: FileHeaderInfo): Match {
  const ours = recipients.find(({ canOpen }) => canOpen === true) ?? recipients.find(({ keyId, canOpen }) => keyId !== null && canOpen !== null)
  return ours ? { keyId: ours.keyId, keyVersionId: ours.keyVersionId, canOpen: ours.canOpen } : noMatch
}
