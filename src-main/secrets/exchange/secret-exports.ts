import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter, KmsError, missingParameter } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { limits } from '../../../src-shared/model/limits'
import { copyBytes } from '../../crypto/bytes'
import { writeChosenFile } from '../../platform/atomic-file'
import type { SecretSession } from '../secret-session'
import type { ExportProblem } from '../../../src-shared/model/import-problems'
import { Arena } from './arena'
import { envLines } from './env/write-env'
import { openSecret, secretsIn, type LeftOut } from './export-contents'
import type { ExchangeThreads } from './exchange-thread'
import { forgetSecret, type ExportedSecret } from './exported'
import { jsonEnd, jsonOf, jsonStart } from './json-export'

type ExportRequest = Omit<Request<'exportSecrets'>, 'target'>

/** Where an export goes, and how it is followed. */
export interface ExportOrder {
  readonly path: string
  readonly progress: (done: number, total: number) => void
  /** Ends the export with its reason; nothing is written then. */
  readonly signal: AbortSignal
}

const notWritable = 'The file could not be written there. Choose another folder.'
const mostLeftOut = 1000
/** What is read back (kdbx/open-kdbx). */
const mostKdbxBytes = 400 * 1024 * 1024

/** Refuses a plain file that the user was not warned of, and a KDBX file without a passphrase or with a weak one. Before the file is chosen. */
export function checkExport({ format, confirmPlain, passphrase }: ExportRequest): void {
  if (format !== 'kdbx') {
    if (!confirmPlain) throw invalidParameter('confirmPlain', 'must be true for a file of plain text')
    return
  }
  if (!passphrase) throw missingParameter('passphrase')
  if ([...new TextDecoder().decode(passphrase)].length >= limits.passphraseMinChars) return
  throw new KmsError('PASSPHRASE_TOO_WEAK', `The passphrase needs at least ${limits.passphraseMinChars} characters.`, { limit: limits.passphraseMinChars })
}

/**
 * Writes the secrets of a folder to a file of its owner alone. What stays behind is told. TARGET_NOT_WRITABLE, NO_SPACE,
 * VAULT_LOCKED, VAULT_DAMAGED, and the reason of the signal.
 */
export async function exportSecrets(session: SecretSession, caller: Caller, threads: ExchangeThreads, request: ExportRequest, order: ExportOrder): Promise<Response<'exportSecrets'>> {
  const writing = new Export(session, caller, secretsIn(session, request.folder), order)
  const { format, passphrase } = request
  const content = format === 'env' ? writing.env() : format === 'json' ? writing.json() : writing.kdbx(threads, passphrase ?? new Uint8Array(0))
  await writeChosenFile(order.path, content, notWritable)
  return { exported: writing.exported, leftOut: writing.leftOut.slice(0, mostLeftOut) }
}

class Export {
  readonly leftOut: LeftOut[] = []
  exported = 0
  readonly #session: SecretSession
  readonly #caller: Caller
  readonly #secretIds: readonly string[]
  readonly #order: ExportOrder

  constructor(session: SecretSession, caller: Caller, secretIds: readonly string[], order: ExportOrder) {
    this.#session = session
    this.#caller = caller
    this.#secretIds = secretIds
    this.#order = order
  }

  async *env(): AsyncGenerator<Uint8Array> {
    const taken = new Set<string>()
    for await (const secret of this.#secrets('current')) {
      const { bytes, problems } = envLines(secret, taken)
      forgetSecret(secret)
      this.#leave(secret.name, problems)
      if (bytes.length > 0) this.exported += 1
      yield bytes
      bytes.fill(0)
    }
  }

  async *json(): AsyncGenerator<Uint8Array> {
    yield jsonStart(this.#session.nowMs())
    for await (const secret of this.#secrets('all')) {
      const json = jsonOf(secret)
      forgetSecret(secret)
      if (this.exported > 0) yield Buffer.from(',\n')
      this.exported += 1
      yield json
      json.fill(0)
    }
    yield jsonEnd
  }

  async *kdbx(threads: ExchangeThreads, passphrase: Uint8Array): AsyncGenerator<Uint8Array> {
    const secrets: ExportedSecret[] = []
    const room = { bytes: mostKdbxBytes }
    try {
      for await (const secret of this.#secrets('all', room)) {
        room.bytes -= sizeOf(secret)
        secrets.push(secret)
      }
      const arena = new Arena(secrets.reduce((total, secret) => total + sizeOf(secret), 0))
      const moved = secrets.map((secret) => movedTo(arena, secret))
      const file = await threads.writeKdbx({ secrets: moved, passphrase: copyBytes(passphrase) }, arena.buffer, this.#order.signal)
      this.exported = secrets.length
      yield file
      this.#order.signal.throwIfAborted()
    } finally {
      secrets.forEach(forgetSecret)
    }
  }

  /** The secrets that open, for the caller to forget. `room`: bytes of attachments that still fit; absent: the format has none. */
  async *#secrets(versions: 'current' | 'all', room = { bytes: 0 }): AsyncGenerator<ExportedSecret> {
    const { progress, signal } = this.#order
    for (const [at, secretId] of this.#secretIds.entries()) {
      signal.throwIfAborted()
      const opened = await openSecret(this.#session, this.#caller, secretId, { versions, attachmentBytes: room.bytes })
      progress(at + 1, this.#secretIds.length)
      if (!opened) continue
      if ('problem' in opened) {
        this.leftOut.push(opened)
        continue
      }
      this.#leave(opened.secret.name, opened.problems)
      yield opened.secret
    }
    signal.throwIfAborted()
  }

  #leave(name: string, problems: readonly ExportProblem[]): void {
    for (const problem of problems) this.leftOut.push({ name, problem })
  }
}

function sizeOf({ versions, attachments }: ExportedSecret): number {
  return [...versions.map(({ data }) => data), ...attachments.map(({ bytes }) => bytes)].reduce((total, { length }) => total + length, 0)
}

function movedTo(arena: Arena, secret: ExportedSecret): ExportedSecret {
  return {
    ...secret,
    versions: secret.versions.map((version) => ({ ...version, data: arena.moved(version.data) })),
    attachments: secret.attachments.map((attachment) => ({ ...attachment, bytes: arena.moved(attachment.bytes) })),
  }
}
