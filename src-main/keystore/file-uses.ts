/** A file that was encrypted: what the vault remembers of it. No content. */
export interface FileUse {
  /** Absolute. */
  path: string
  keyId: string
  keyVersionId: string
  /** Message id of its header, 32 bytes. */
  messageId: Uint8Array
  /** Size of the encrypted file. */
  bytes: number
  /** Milliseconds since the epoch; now when it is absent. */
  encryptedAt?: number
}

/** What the files room needs of the vault: to remember which file needs which key version. */
export interface FileUses {
  /**
   * Remembers files, in one transaction; what was known of the same paths is replaced. Resolves when the vault has it.
   * VAULT_LOCKED, VAULT_WRITE_FAILED, NO_SPACE.
   */
  record(uses: readonly FileUse[]): Promise<void>
}
