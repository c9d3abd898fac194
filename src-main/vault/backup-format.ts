import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { z } from 'zod'
import { concatBytes, equalBytes, u16, u32, u64, utf8 } from '../crypto/bytes'
import { decryptAesGcm, encryptAesGcm } from '../crypto/aes-gcm'
import { fromBase64 } from './encoding'
import { passphraseSlotSchema } from './header'
import { backupInvalid, newerVersion } from './problems'

const magic = utf8('KEYSTEAD BACKUP\n')
const backupVersion = 1
const headMaxBytes = 8 * 1024
const chunkBytes = 64 * 1024
const tagBytes = 16

const headSchema = z.strictObject({
  vaultId: z.uuid(),
  createdAt: z.iso.datetime({ precision: 3 }),
  /** Wraps the vault's root key under the passphrase of the backup; it becomes the slot of the restored vault. */
  slot: passphraseSlotSchema,
  /** Salt of the content key, 32 bytes: a new key for every backup, so that the counter may be the IV. */
  salt: z.string().refine((text) => fromBase64(text)?.length === 32),
})

/** The readable beginning of a backup (vault-format section 8). */
export type BackupHead = z.infer<typeof headSchema>

/** Bytes of the readable beginning: magic, version, length, JSON. */
export function serialiseBackupHead(head: BackupHead): Uint8Array {
  const json = utf8(JSON.stringify(headSchema.parse(head)))
  return concatBytes(magic, u16(backupVersion), u32(json.length), json)
}

/** Splits content of any piece size into sealed chunks; each carries its number and whether it is the last. */
export async function* sealChunks(key: Uint8Array, headBytes: Uint8Array, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const binding = bindingOf(headBytes)
  let waiting = new Uint8Array(0)
  let counter = 0
  for await (const piece of content) {
    waiting = concatBytes(waiting, piece)
    while (waiting.length > chunkBytes) {
      yield sealChunk(key, binding, counter++, false, waiting.subarray(0, chunkBytes))
      waiting = waiting.slice(chunkBytes)
    }
  }
  yield sealChunk(key, binding, counter, true, waiting)
}

/** A backup that is open for reading; close() it. */
export class BackupReader {
  readonly head: BackupHead
  readonly #headBytes: Uint8Array
  readonly #file: FileHandle

  private constructor(file: FileHandle, headBytes: Uint8Array, head: BackupHead) {
    this.#file = file
    this.#headBytes = headBytes
    this.head = head
  }

  /** Reads the beginning. BACKUP_INVALID; VAULT_NEWER_VERSION for a later format. */
  static async open(path: string): Promise<BackupReader> {
    const file = await open(path, 'r').catch((error: unknown) => {
      throw backupInvalid(error)
    })
    try {
      const { bytes, head } = await readHead(file)
      return new BackupReader(file, bytes, head)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** The content, chunk by chunk, each authenticated before it is handed out. BACKUP_INVALID when anything is missing or changed. */
  async *chunks(key: Uint8Array): AsyncGenerator<Uint8Array> {
    const binding = bindingOf(this.#headBytes)
    const { size } = await this.#file.stat()
    let position = this.#headBytes.length
    for (let counter = 0; ; counter++) {
      const isLast = size - position <= chunkBytes + tagBytes
      const sealed = await readExactly(this.#file, position, isLast ? size - position : chunkBytes + tagBytes)
      const opened = openChunk(key, binding, counter, isLast, sealed)
      if (!opened) throw backupInvalid()
      yield opened
      if (isLast) return
      position += sealed.length
    }
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

async function readHead(file: FileHandle): Promise<{ bytes: Uint8Array; head: BackupHead }> {
  const fixed = await readExactly(file, 0, magic.length + 6)
  const view = new DataView(fixed.buffer, fixed.byteOffset)
  if (!equalBytes(fixed.subarray(0, magic.length), magic)) throw backupInvalid()
  if (view.getUint16(magic.length) > backupVersion) throw newerVersion()
  const length = view.getUint32(magic.length + 2)
  if (view.getUint16(magic.length) !== backupVersion || length > headMaxBytes) throw backupInvalid()
  const json = await readExactly(file, fixed.length, length)
  const parsed = headSchema.safeParse(parseJson(json))
  if (!parsed.success) throw backupInvalid()
  return { bytes: concatBytes(fixed, json), head: parsed.data }
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(length, 0))
  let done = 0
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done)
    if (bytesRead === 0) throw backupInvalid()
    done += bytesRead
  }
  return bytes
}

function sealChunk(key: Uint8Array, binding: Uint8Array, counter: number, isLast: boolean, plaintext: Uint8Array): Uint8Array {
  const { ciphertext, tag } = encryptAesGcm(key, ivOf(counter), plaintext, chunkAad(binding, counter, isLast))
  return concatBytes(ciphertext, tag)
}

function openChunk(key: Uint8Array, binding: Uint8Array, counter: number, isLast: boolean, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < tagBytes) return null
  const end = sealed.length - tagBytes
  return decryptAesGcm(key, ivOf(counter), sealed.subarray(0, end), sealed.subarray(end), chunkAad(binding, counter, isLast))
}

function ivOf(counter: number): Uint8Array {
  return concatBytes(u32(0), u64(counter))
}

function chunkAad(binding: Uint8Array, counter: number, isLast: boolean): Uint8Array {
  return concatBytes(binding, u64(counter), Uint8Array.of(isLast ? 1 : 0))
}

function bindingOf(headBytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(headBytes).digest()
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
}
