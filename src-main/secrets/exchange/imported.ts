import type { ImportProblem } from '../../../src-shared/model/import-problems'
import type { SecretField, SecretTemplate } from '../../../src-shared/model/secrets'

/** A field as it was found. */
export interface ImportedField extends SecretField {
  /** UTF-8. */
  readonly value: Uint8Array
}

/** The fields of an entry at one time. */
export interface ImportedVersion {
  readonly fields: readonly ImportedField[]
  /** Milliseconds since the epoch; null when the file does not say. */
  readonly createdAt: number | null
}

export interface ImportedAttachment {
  readonly name: string
  readonly bytes: Uint8Array
}

/** An entry of a file of another program, in the words of Keystead. Nothing of it is checked against a vault. */
export interface ImportedSecret extends ImportedVersion {
  readonly title: string
  /** Names of the folders that it lies in, outermost first. */
  readonly folders: readonly string[]
  readonly template: SecretTemplate | null
  readonly description: string
  readonly tags: readonly string[]
  readonly expiresAt: number | null
  readonly isFavourite: boolean
  /** Oldest first. */
  readonly history: readonly ImportedVersion[]
  readonly attachments: readonly ImportedAttachment[]
  readonly problems: readonly ImportProblem[]
}

/** What an entry has when nothing else is said. */
export const plainImport = {
  folders: [],
  template: null,
  description: '',
  tags: [],
  expiresAt: null,
  isFavourite: false,
  createdAt: null,
  history: [],
  attachments: [],
  problems: [],
} satisfies Partial<ImportedSecret>
