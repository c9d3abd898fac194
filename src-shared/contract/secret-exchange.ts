import { z } from 'zod'
import { secretLimits, secretTemplates } from '../model/secrets'
import { bytes, empty, passphrase, pathHandle, text, windowCount, windowOffset } from './fields'

export const importFormats = ['kdbx', 'bitwarden', '1pux', 'csv', 'env'] as const
export type ImportFormat = (typeof importFormats)[number]

/** What a column of a CSV file holds. `field` is a custom field named by the column's title. */
export const csvRoles = ['name', 'folder', 'username', 'password', 'url', 'totp', 'notes', 'tags', 'field', 'secret-field', 'ignore'] as const
export type CsvRole = (typeof csvRoles)[number]

const importRow = z.strictObject({
  index: z.int(),
  /** Name as it was found, and the name the secret will get. */
  title: z.string(),
  name: z.string(),
  template: z.enum(secretTemplates).nullable(),
  /** Names of fields, never values. */
  fields: z.array(z.string()),
  attachments: z.int(),
  versions: z.int(),
  /** What will happen; `taken`: a secret of that name is there. */
  status: z.enum(['new', 'taken', 'refused']),
  /** Why it is refused, or what is lost: fixed words (model/import-problems). */
  problems: z.array(z.string()),
})
export type ImportRow = z.infer<typeof importRow>

export const importResult = z.strictObject({
  index: z.int(),
  name: z.string(),
  result: z.enum(['created', 'new-version', 'skipped', 'failed']),
  code: z.string().nullable(),
  problems: z.array(z.string()),
})

export const secretExchangeSchemas = {
  /**
   * Reads a file and keeps what was found until it is imported, cancelled or the vault locks.
   * IMPORT_PASSWORD when one is needed or wrong; `file` stays valid then, so that the password can be typed again.
   * IMPORT_UNREADABLE, IMPORT_UNSUPPORTED, IMPORT_TOO_LARGE.
   */
  previewSecretImport: {
    request: z.strictObject({
      file: pathHandle('source'),
      format: z.enum(['auto', ...importFormats]).default('auto'),
      password: bytes(0, 1024).optional(),
      /** A folder for everything that is imported. */
      folder: text(secretLimits.nameChars).default(''),
      /** One role per column, for CSV; absent: guessed from the titles. */
      columns: z.array(z.enum(csvRoles)).max(200).optional(),
    }),
    response: z.strictObject({
      importId: z.string(),
      format: z.enum(importFormats),
      total: z.int(),
      counts: z.strictObject({ new: z.int(), taken: z.int(), refused: z.int() }),
      /** Titles, guessed or given roles and how many rows have something, for CSV. */
      columns: z.array(z.strictObject({ title: z.string(), role: z.enum(csvRoles), filled: z.int() })).nullable(),
    }),
  },
  /** Another reading of the columns or folder of a preview, without choosing the file again. IMPORT_NOT_FOUND. */
  remapSecretImport: {
    request: z.strictObject({ importId: text(64, 1), folder: text(secretLimits.nameChars).default(''), columns: z.array(z.enum(csvRoles)).max(200).optional() }),
    response: z.strictObject({ total: z.int(), counts: z.strictObject({ new: z.int(), taken: z.int(), refused: z.int() }) }),
  },
  listImportRows: {
    request: z.strictObject({ importId: text(64, 1), offset: windowOffset, count: windowCount }),
    response: z.strictObject({ total: z.int(), rows: z.array(importRow) }),
  },
  /** Imports what was previewed. Each secret is complete or absent. Progress: event secretWorkChanged. */
  runSecretImport: {
    request: z.strictObject({
      importId: text(64, 1),
      /** Indexes of rows to leave out. */
      skip: z.array(z.int()).max(200_000).default([]),
      onNameTaken: z.enum(['skip', 'rename', 'new-version']).default('skip'),
    }),
    response: z.strictObject({ created: z.int(), newVersions: z.int(), skipped: z.int(), failed: z.int() }),
  },
  /** One result per row of an import that ran; kept until the next preview or the lock. */
  listImportResults: {
    request: z.strictObject({ importId: text(64, 1), offset: windowOffset, count: windowCount, onlyProblems: z.boolean().default(false) }),
    response: z.strictObject({ total: z.int(), results: z.array(importResult) }),
  },
  cancelSecretImport: { request: z.strictObject({ importId: text(64, 1) }), response: empty },
  /**
   * `env` and `json` are plain text: `confirmPlain` says that the user was told. Files are written 0600. MISSING_PARAMETER
   * and PASSPHRASE_TOO_WEAK for a KDBX file, TARGET_NOT_WRITABLE.
   */
  exportSecrets: {
    request: z.strictObject({
      format: z.enum(['kdbx', 'env', 'json']),
      target: pathHandle('target'),
      /** Of the KDBX file. */
      passphrase: passphrase.optional(),
      /** Secrets of this folder only; empty: all. */
      folder: text(secretLimits.nameChars).default(''),
      confirmPlain: z.boolean().default(false),
    }),
    response: z.strictObject({ exported: z.int(), leftOut: z.array(z.strictObject({ name: z.string(), problem: z.string() })).max(1000) }),
  },
}
