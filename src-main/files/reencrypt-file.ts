import { realpath } from 'node:fs/promises'
import { KmsError } from '../../src-shared/errors'
import { concatBytes, zero } from '../crypto/bytes'
import type { FileUse } from '../keystore/file-uses'
import { findBodyEnd } from './codec/body-end'
import { publicKeyName } from './codec/context'
import type { FileHeader } from './codec/header'
import { messageBytes, type BodyLayout } from './codec/layout'
import { cryptFrames, newMessage, openFileHeader, readFileHeader, useOf, verifySignature, withOutput, withSource, writeHeader, type FileWork, type ItemResult, type JobTools } from './crypt-file'
import { sourceError } from './fs-errors'
import type { SourceFile } from './source-file'

type Recipient = { keyId: string; keyVersionId: string } | null

/** More than the new header can be longer than the old one. */
const headerReserveBytes = 16 * 1024
const modeBits = 0o777

/**
 * Encrypts a file anew with the primary version of a key of which it uses an older one: a new message with its own id
 * and data key, never another header on the old frames (file-format.md section 7). It takes the place of the old file
 * after the last frame, and the signature where there is one, has been authenticated, and everything is on the disk.
 * Plaintext is only in the worker's memory. Context, frame length and permissions stay; the time of the change is new,
 * because a backup that looks at size and time would miss it otherwise. A file that has the primary version already, or
 * that other keys of the vault have now, is left as it is. FILE_OTHER_RECIPIENTS when somebody would lose access;
 * otherwise as decryptFile() and encryptFile().
 */
export async function reencryptFile(tools: JobTools, path: string, keyId: string): Promise<ItemResult> {
  const target = await realpath(path).catch((error: unknown) => Promise.reject(sourceError(error)))
  // Not by the path again: a link that is turned meanwhile would have one file replaced by the content of another.
  const work = { ...tools, sourcePath: target, target }
  return withSource(work, async (source) => {
    const header = await readFileHeader(source)
    const sourceKey = await openFileHeader(work.caller, work.keys, header)
    try {
      const recipients = header.entries.map((entry) => work.keys.describeEntry(entry))
      const use = finishedUse(work, recipients, header, source, keyId) ?? (await renew(work, source, header, sourceKey, keyId))
      return { outputPath: target, use: use && { ...use, path } }
    } finally {
      zero(sourceKey)
    }
  })
}

/** What there is to remember of a file with which nothing is to be done; null when it needs the work. */
function finishedUse(work: FileWork, recipients: readonly Recipient[], header: FileHeader, source: SourceFile, keyId: string): FileUse | null {
  const named = recipients.filter((recipient) => recipient !== null)
  const [first] = named
  const found = first && { path: work.sourcePath, ...first, messageId: header.messageId, bytes: source.size }
  if (found && named.every((recipient) => recipient.keyId !== keyId)) return found
  if (named.length < recipients.length || named.some((recipient) => recipient.keyId !== keyId)) throw otherRecipients()
  const primary = work.keys.resolveForEncryption(keyId).keyVersionId
  return found && named.every(({ keyVersionId }) => keyVersionId === primary) ? found : null
}

async function renew(work: FileWork, source: SourceFile, header: FileHeader, sourceKey: Uint8Array, keyId: string): Promise<FileUse | null> {
  const { layout, signature } = await findBodyEnd(header, source.size, (position, length) => source.readAt(position, length))
  const details = {
    neededBytes: messageBytes(layout) + headerReserveBytes,
    mode: source.mode & modeBits,
    onCollision: 'source' as const,
    beforePlacing: () => source.checkUnchanged(),
  }
  const { made } = await withOutput(work, source, details, async (output) => {
    if (header.suite.isSigned) await verifySignature(work, source, header, layout, signature)
    const message = await newMessage(work, keyId, contextOf(header), header.frameLength)
    const keys = concatBytes(sourceKey, message.messageKey)
    try {
      const target = { messageId: message.messageId, headerBytes: message.header.length }
      await writeHeader(output, message.header)
      await cryptFrames(work, { kind: 'reencrypt', sourceFd: source.handle.fd, targetFd: output.handle.fd, messageId: header.messageId, layout, target }, keys, output)
      return { ...message, bytes: messageBytes(withHeader(layout, message.header.length)) }
    } finally {
      zero(message.messageKey, keys)
    }
  })
  return useOf(work.keys, work.sourcePath, made)
}

/** What people put there: the key of a signature is not theirs, and the new message is not signed. */
function contextOf({ context }: FileHeader): Record<string, string> {
  return Object.fromEntries(Object.entries(context).filter(([name]) => name !== publicKeyName))
}

function withHeader(layout: BodyLayout, headerBytes: number): BodyLayout {
  return { ...layout, headerBytes }
}

function otherRecipients(): KmsError {
  return new KmsError('FILE_OTHER_RECIPIENTS', 'The file is encrypted for other keys too, which would no longer open it.')
}
