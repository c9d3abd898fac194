import { forgetSecret } from './exported'
import { writeKdbx } from './kdbx/write-kdbx'
import { packed } from './pack'
import { readImport } from './read-import'
import type { ReadAnswer, ReadMessage, WriteMessage } from './worker-messages'

/** What a thread answers, and the memory that goes with it. */
export interface TaskResult<T> {
  readonly answer: T
  readonly transfer: readonly ArrayBuffer[]
}

/** Reads a file. It and the password are zeroed, but for a CSV file, which goes back. Codes of readImport() and packed(). */
export async function readTask({ file, format, password, fileName, columns }: Omit<ReadMessage, 'task'>): Promise<TaskResult<ReadAnswer>> {
  const found = await readImport(file, { format, password, fileName, columns: columns ?? undefined })
  password?.fill(0)
  const { secrets, buffer } = packed(found.secrets)
  const isCsv = found.format === 'csv'
  if (!isCsv) file.fill(0)
  const answer = { format: found.format, columns: found.columns, secrets, buffer, file: isCsv ? file : null }
  return { answer, transfer: isCsv ? [buffer, file.buffer as ArrayBuffer] : [buffer] }
}

/** Writes a file. The secrets and the passphrase are zeroed. */
export async function writeTask({ secrets, passphrase }: Omit<WriteMessage, 'task'>): Promise<TaskResult<Uint8Array>> {
  try {
    const answer = await writeKdbx(secrets, passphrase)
    return { answer, transfer: [answer.buffer as ArrayBuffer] }
  } finally {
    passphrase.fill(0)
    secrets.forEach(forgetSecret)
  }
}
