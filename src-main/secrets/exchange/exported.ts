import type { SecretDataType, SecretField, SecretTemplate, SecretType } from '../../../src-shared/model/secrets'
import { zero } from '../../crypto/bytes'
import type { ImportedAttachment } from './imported'

/** A version as it leaves the vault. */
export interface ExportedVersion {
  readonly versionId: string
  readonly createdAt: number
  readonly stages: readonly string[]
  readonly dataType: SecretDataType
  readonly data: Uint8Array
  /** Null when the value is not a set of fields. */
  readonly fields: readonly SecretField[] | null
}

/** A secret as it leaves the vault. */
export interface ExportedSecret {
  readonly name: string
  readonly secretType: SecretType
  readonly template: SecretTemplate | null
  readonly description: string
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  readonly createdAt: number
  readonly updatedAt: number
  readonly expiresAt: number | null
  readonly isFavourite: boolean
  /** The current one last. */
  readonly versions: readonly ExportedVersion[]
  readonly attachments: readonly ImportedAttachment[]
}

/** Zeroes the values of a secret. */
export function forgetSecret({ versions, attachments }: ExportedSecret): void {
  for (const { data } of versions) zero(data)
  for (const { bytes } of attachments) zero(bytes)
}
