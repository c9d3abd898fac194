import type { CsvRole, ImportFormat } from '../../../src-shared/contract/secret-exchange'
import { isKmsError, KmsError, type ErrorCode } from '../../../src-shared/errors'
import type { CsvColumn } from './csv/read-csv'
import type { ExportedSecret } from './exported'
import type { PackedSecret } from './pack'

/** To the thread: a file to read. Its memory and that of the password are handed over. */
export interface ReadMessage {
  readonly task: 'read'
  readonly file: Uint8Array
  readonly format: 'auto' | ImportFormat
  readonly password: Uint8Array | null
  readonly fileName: string
  readonly columns: readonly CsvRole[] | null
}

/** To the thread: secrets to write, whose bytes lie in one buffer that is handed over. */
export interface WriteMessage {
  readonly task: 'write-kdbx'
  readonly secrets: readonly ExportedSecret[]
  readonly passphrase: Uint8Array
}

/** From the thread: what is in a file. All bytes lie in `buffer`; a CSV file comes back, to be read again in another way. */
export interface ReadAnswer {
  readonly format: ImportFormat
  readonly columns: readonly CsvColumn[] | null
  readonly secrets: readonly PackedSecret[]
  readonly buffer: ArrayBuffer
  readonly file: Uint8Array | null
}

export type ThreadMessage = ReadMessage | WriteMessage
export type ThreadReply<T> = { readonly answer: T } | { readonly failure: ThreadFailure }

/** An error as it travels. */
export interface ThreadFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly details: KmsError['details']
}

/** INTERNAL for what is no KmsError: its message may quote the file. */
export function failureOf(error: unknown): ThreadFailure {
  if (isKmsError(error)) return { code: error.code, message: error.message, details: error.details }
  return { code: 'INTERNAL', message: 'The work on this file failed.', details: {} }
}

/** The error that a failure stands for. */
export function errorOf({ code, message, details }: ThreadFailure): KmsError {
  return new KmsError(code, message, details)
}
