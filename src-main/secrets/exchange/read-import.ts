import type { CsvRole, ImportFormat } from '../../../src-shared/contract/secret-exchange'
import { readBitwarden } from './bitwarden/read-bitwarden'
import { looksLikeCsv, readCsv, type CsvColumn } from './csv/read-csv'
import { looksLikeEnv, readEnv } from './env/read-env'
import { importError, unsupported, wrongPassword } from './import-errors'
import type { ImportedSecret } from './imported'
import { isKeePass } from './kdbx/header'
import { readKdbx } from './kdbx/read-kdbx'
import { read1pux } from './onepux/read-1pux'
import { latin1Of } from './text-bytes'

/** What is known of a file before it is read. */
export interface ImportOptions {
  readonly format: 'auto' | ImportFormat
  /** UTF-8, borrowed; null: none was given. */
  readonly password: Uint8Array | null
  readonly fileName: string
  readonly columns?: readonly CsvRole[] | undefined
}

/** What is in a file. */
export interface ImportedFile {
  readonly format: ImportFormat
  readonly secrets: readonly ImportedSecret[]
  /** Of a CSV file only. */
  readonly columns: readonly CsvColumn[] | null
}

const startBytes = 64 * 1024

/**
 * Reads a file (borrowed) of another program. What it gives are parts of the file and copies. IMPORT_PASSWORD,
 * IMPORT_UNREADABLE, IMPORT_UNSUPPORTED, IMPORT_TOO_LARGE, INVALID_PARAMETER (columns).
 */
export async function readImport(file: Uint8Array, options: ImportOptions): Promise<ImportedFile> {
  try {
    const format = options.format === 'auto' ? formatOf(file) : options.format
    return { format, columns: null, ...(await read(file, format, options)) }
  } catch (error) {
    throw importError(error)
  }
}

/** What a file is by its content. IMPORT_UNSUPPORTED when it is nothing that is read. */
export function formatOf(file: Uint8Array): ImportFormat {
  if (isKeePass(file)) return 'kdbx'
  const start = latin1Of(file.subarray(0, startBytes)).replace(/^\xef\xbb\xbf/, '')
  if (start.startsWith('PK\x03\x04')) return '1pux'
  if (start.trimStart().startsWith('{')) return 'bitwarden'
  if (looksLikeEnv(start)) return 'env'
  if (looksLikeCsv(start)) return 'csv'
  throw unsupported('The file is of no format that is read: KDBX, JSON of Bitwarden, 1PUX, CSV or .env.')
}

async function read(file: Uint8Array, format: ImportFormat, { password, fileName, columns }: ImportOptions): Promise<Pick<ImportedFile, 'secrets'> & Partial<ImportedFile>> {
  if (format === 'bitwarden') return { secrets: await readBitwarden(file, password) }
  if (format === '1pux') return { secrets: read1pux(file) }
  if (format === 'csv') return readCsv(file, columns)
  if (format === 'env') return { secrets: [readEnv(file, fileName)] }
  if (password === null) throw wrongPassword()
  return { secrets: await readKdbx(file, password) }
}
