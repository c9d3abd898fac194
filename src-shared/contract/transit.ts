import { flagsOf, type OperationName } from './catalog'

/** The channel on which a page's preload asks for main's public key, once for each page. */
export const transitChannel = 'kms-transit'

/** Kinds of sealed response fields: their first byte. */
export const transitKinds = { bytes: 0, texts: 1 } as const

/** Labels of the key derivation (HKDF-SHA256 info), followed by the operation's name. */
export const transitLabels = { request: 'keystead ipc request ', response: 'keystead ipc response ' } as const

/** Lists of texts that are secrets; byte fields are always sealed. */
export const sealedTextFields = ['recoveryWords', 'shareWords'] as const

/** Whether the byte fields (top level) of an operation's request and response travel sealed between page and main. */
export function isSealedInTransit(operation: OperationName): boolean {
  return flagsOf(operation).returnsSecret
}
