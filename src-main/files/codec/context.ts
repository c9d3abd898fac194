import { isFileContextName, type EncryptionContext } from '../../../src-shared/model/encryption-context'
import { invalidParameter } from '../../../src-shared/errors'
import { limits } from '../../../src-shared/model/limits'
import { encodeFileContext } from '../../keystore/context-encoding'
import { malformed } from '../file-errors'
import { ByteReader, EndOfBytes } from './byte-reader'
import type { ReaderRules } from './rules'

/** Name under which a signed message carries the key that verifies it. */
export const publicKeyName = 'aws-crypto-public-key'

const nameProblem = 'names for files have only a-z, 0-9 and hyphens and do not begin with aws-crypto-'
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Refuses what a file of ours may not carry: names outside `[a-z0-9-]+` (readers disagree about the order of others),
 * the prefix that the format reserves, more than 8 KiB when serialised. INVALID_PARAMETER.
 */
export function checkFileContext(context: EncryptionContext): void {
  for (const name of Object.keys(context)) {
    if (!isFileContextName(name)) throw invalidParameter('encryptionContext', nameProblem)
  }
  if (encodeFileContext(context).length > limits.fileContextBytes) {
    throw invalidParameter('encryptionContext', `must have at most ${limits.fileContextBytes} bytes`)
  }
}

/** Parses the pairs of a header (file format section 1.1). The result has no prototype. FILE_MALFORMED. */
export function parseContext(bytes: Uint8Array, rules: ReaderRules): EncryptionContext {
  const context: Record<string, string> = Object.create(null) as Record<string, string>
  if (bytes.length === 0) return context
  try {
    readPairs(new ByteReader(bytes), rules, context)
  } catch (error) {
    if (error instanceof EndOfBytes) throw malformed('the context is longer than declared')
    throw error
  }
  return context
}

function readPairs(reader: ByteReader, rules: ReaderRules, into: Record<string, string>): void {
  const count = reader.u16()
  if (count === 0) throw malformed('the context is empty but present')
  let previous: Uint8Array | null = null
  for (let index = 0; index < count; index++) {
    const nameBytes = reader.field()
    if (rules.needsSortedContext && previous && Buffer.compare(previous, nameBytes) >= 0) throw malformed('the context is not sorted')
    previous = nameBytes
    const name = decode(nameBytes)
    if (name in into) throw malformed('the context has a name twice')
    into[name] = decode(reader.field())
  }
  if (!reader.isAtEnd) throw malformed('the context is shorter than declared')
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw malformed('the context is not UTF-8')
  }
}
