import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, open, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { Response } from '../../src-shared/contract/operations'
import { isKmsError, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { concatBytes, u32, utf8 } from '../crypto/bytes'
import { hkdfSha256 } from '../crypto/hkdf'
import { randomBytesOf } from '../crypto/random'
import type { SecretBuffer } from '../crypto/secret-buffer'
import type { Clock } from '../platform/ports'
import { verifyAuditChain } from './audit-reader'
import { type BackupHead, BackupReader, sealChunks, serialiseBackupHead } from './backup-format'
import { toBase64 } from './encoding'
import { authenticateHeader, type Header } from './header'
import { kindNumbers } from './kinds'
import type { OpenVault } from './open-vault'
import { openDatabase } from './opening'
import { makePassphraseSlot, openPassphraseSlot } from './passphrase-slot'
import { backupInvalid, noSpace, wrongPassphrase } from './problems'
import { openRow } from './row-sealing'
import type { VaultSession } from './session'
import type { SlotKdfs } from './slot-kdf'
import { saltOf } from './slot-wrapping'
import type { StoreFactory } from './store-port'
import type { VaultFiles } from './vault-files'
import { VaultKeys } from './vault-keys'

const descriptionMaxBytes = 8 * 1024
const pageRows = 1000

/** Sealed beginning of the content: what vault.json says beside the slots. */
const descriptionSchema = z.strictObject({ name: z.string().min(1).max(64), vaultCreatedAt: z.iso.datetime({ precision: 3 }) })
type Description = z.infer<typeof descriptionSchema>

/** The services that backups need. */
export interface BackupParts {
  files: VaultFiles
  stores: StoreFactory
  kdfs: SlotKdfs
  clock: Clock
}

/** An opened, fully verified backup: its database lies in a private folder and is open. */
interface OpenedBackup {
  head: BackupHead
  description: Description
  keys: VaultKeys
  session: VaultSession
  databasePath: string
}

/** Writes, checks and restores backups (vault-format section 8). Passphrases are borrowed. */
export class BackupService {
  readonly #parts: BackupParts

  constructor(parts: BackupParts) {
    this.#parts = parts
  }

  /** Copies the open vault to `target`; an older backup there is replaced once the new one is complete. */
  async write(vault: OpenVault, caller: Caller, target: string, passphrase: Uint8Array): Promise<Response<'backupVault'>> {
    const createdAt = new Date(this.#parts.clock.nowMs()).toISOString()
    const { keys } = vault.session
    const { vaultId, name, createdAt: vaultCreatedAt } = vault.header
    const slot = await makePassphraseSlot(this.#parts.kdfs, { root: keys.root, passphrase, vaultId, createdAt })
    const head: BackupHead = { vaultId, createdAt, slot, salt: toBase64(randomBytesOf(32)) }
    const records = vault.session.head.rowCount
    await inPrivateFolder(this.#parts.files.folder, async (folder) => {
      const copy = join(folder, 'copy.db')
      await vault.session.store.copyTo(copy)
      await writeBackup(target, keys, head, { name, vaultCreatedAt }, copy)
    })
    await vault.mutate(caller, basename(target), async () => undefined)
    return { fileName: basename(target), sizeBytes: (await stat(target)).size, records }
  }

  /** Opens everything and reports. Only sealed bytes reach the disk, in a private folder that is removed. AUDIT_BROKEN. */
  async check(path: string, passphrase: Uint8Array): Promise<Response<'checkBackup'>> {
    return this.#opened(path, passphrase, tmpdir(), async ({ head, description, session }) => {
      const audit = await verifyAuditChain(session)
      if (!audit.intact) throw new KmsError('AUDIT_BROKEN', 'The audit log in this backup was changed or is incomplete.')
      const keys = await session.store.rowsOfKind(kindNumbers.key)
      return { vaultName: description.name, createdAt: head.createdAt, records: session.head.rowCount, keys: keys.length, auditEntries: audit.entries }
    })
  }

  /** Puts the vault of a backup into the (empty) vault folder, with the backup's passphrase as its only slot. */
  async restore(path: string, passphrase: Uint8Array): Promise<Header> {
    const { files } = this.#parts
    return this.#opened(path, passphrase, files.folder, async ({ head, description, keys, session, databasePath }) => {
      const header = authenticateHeader(keys, {
        format: 'keystead-vault',
        vaultId: head.vaultId,
        name: description.name,
        createdAt: description.vaultCreatedAt,
        revision: session.head.headerRevision + 1,
        slots: [head.slot],
        quickUnlock: null,
      })
      await session.store.close(false)
      await files.create(async () => {
        await rename(databasePath, files.database)
        return header
      })
      return header
    })
  }

  async #opened<T>(path: string, passphrase: Uint8Array, parentFolder: string, work: (backup: OpenedBackup) => Promise<T>): Promise<T> {
    const reader = await BackupReader.open(path)
    try {
      const root = await openPassphraseSlot(this.#parts.kdfs, reader.head.slot, reader.head.vaultId, passphrase)
      if (!root) throw wrongPassphrase()
      return await inPrivateFolder(parentFolder, (folder) => this.#extracted(reader, root, folder, work))
    } finally {
      await reader.close()
    }
  }

  async #extracted<T>(reader: BackupReader, root: SecretBuffer, folder: string, work: (backup: OpenedBackup) => Promise<T>): Promise<T> {
    const { head } = reader
    const databasePath = join(folder, 'backup.db')
    const keys = new VaultKeys(root, head.vaultId)
    try {
      const description = await extract(reader, keys, databasePath)
      const session = await openDatabase(this.#parts.stores, databasePath, head.vaultId, keys).catch(asInvalid)
      try {
        await openEveryRow(session).catch(asInvalid)
        return await work({ head, description, keys, session, databasePath })
      } finally {
        await session.store.close(false)
      }
    } finally {
      keys.destroy()
    }
  }
}

async function writeBackup(target: string, keys: VaultKeys, head: BackupHead, description: Description, copy: string): Promise<void> {
  const part = `${target}.part`
  const headBytes = serialiseBackupHead(head)
  const key = contentKey(keys, head)
  try {
    const file = await open(part, 'w', 0o600)
    try {
      await file.chmod(0o600)
      await file.writeFile(headBytes)
      for await (const chunk of sealChunks(key, headBytes, contentOf(description, copy))) await file.writeFile(chunk)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, target)
    await syncFolder(dirname(target))
  } catch (error) {
    await rm(part, { force: true })
    throw targetProblem(error)
  } finally {
    key.fill(0)
  }
}

async function* contentOf(description: Description, copy: string): AsyncGenerator<Uint8Array> {
  const json = utf8(JSON.stringify(description))
  yield concatBytes(u32(json.length), json)
  yield* createReadStream(copy)
}

/** Writes the database of a backup to `databasePath`; only sealed rows are in it. BACKUP_INVALID. */
async function extract(reader: BackupReader, keys: VaultKeys, databasePath: string): Promise<Description> {
  const key = contentKey(keys, reader.head)
  const file = await open(databasePath, 'wx', 0o600)
  try {
    const start: { description?: Description } = {}
    for await (const chunk of reader.chunks(key)) {
      await file.writeFile(start.description ? chunk : takeDescription(chunk, start))
    }
    await file.sync()
    if (!start.description) throw backupInvalid()
    return start.description
  } catch (error) {
    throw isNoSpace(error) ? noSpace(error) : error
  } finally {
    await file.close()
    key.fill(0)
  }
}

/** Fills in the description, which never reaches beyond the first chunk; the result is what follows it. */
function takeDescription(chunk: Uint8Array, start: { description?: Description }): Uint8Array {
  const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
  const length = text.length < 4 ? descriptionMaxBytes + 1 : text.readUInt32BE(0)
  if (length > descriptionMaxBytes || 4 + length > text.length) throw backupInvalid()
  const parsed = descriptionSchema.safeParse(JSON.parse(text.toString('utf8', 4, 4 + length)))
  if (!parsed.success) throw backupInvalid()
  start.description = parsed.data
  return chunk.subarray(4 + length)
}

async function openEveryRow(session: VaultSession): Promise<void> {
  let sequence = 0
  let count = 0
  for (;;) {
    const rows = await session.store.rowsSince(sequence, pageRows)
    for (const row of rows) openRow(session.keys, row).bytes.fill(0)
    count += rows.length
    const last = rows.at(-1)
    if (!last) break
    sequence = last.sequence
  }
  if (count !== session.head.rowCount) throw backupInvalid()
}

function contentKey(keys: VaultKeys, head: BackupHead): Uint8Array {
  return keys.use('backup', (key) => hkdfSha256(key, saltOf(head.salt), utf8('keystead backup 1 content'), 32))
}

/** A folder that only its owner may enter, removed afterwards with all that is in it. */
async function inPrivateFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = parent === tmpdir() ? await mkdtemp(join(parent, '.keystead-work-')) : join(parent, `.keystead-work-${randomBytes(8).toString('hex')}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (process.platform !== 'win32') await chmod(folder, 0o700)
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

function asInvalid(error: unknown): never {
  throw isKmsError(error, 'VAULT_DAMAGED') ? backupInvalid(error) : error
}

function targetProblem(error: unknown): unknown {
  if (isNoSpace(error)) return new KmsError('NO_SPACE', 'There is no space left for the backup.', {}, error)
  if (error instanceof Error && 'syscall' in error) return new KmsError('TARGET_NOT_WRITABLE', 'The backup could not be written to this place.', {}, error)
  return error
}

function isNoSpace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}
