import { zero } from '../../crypto/bytes'
import { tampered, truncated, unsupported } from '../file-errors'
import { FrameCipher, finalHeadBytes, readFrameHead } from './frames'
import { headerMaxBytes, parseHeader, type FileHeader } from './header'
import { strictRules, type ReaderRules } from './rules'
import { SignatureCheck, signatureMaxBytes } from './signature'
import { StreamBytes } from './stream-bytes'

const firstPeekBytes = 4096
const tagBytes = 16
const singleBlockHeadBytes = 12 + 8
const singleBlockMaxBytes = 16 * 1024 * 1024

/** Authenticates a header and answers its message key, which the reader zeroes; throws when no key fits. */
export type OpenKey = (header: FileHeader) => Promise<Uint8Array>

/**
 * Decrypts a message that arrives piece by piece. Yields the plaintext of each frame once that frame is authenticated,
 * in a buffer that is zeroed and used again when the next one is asked for. That the message is whole, and for a signed
 * one who made it, is known only when the generator ends without an error. FILE_NOT_ENCRYPTED, FILE_UNSUPPORTED,
 * FILE_MALFORMED, FILE_TRUNCATED, FILE_TAMPERED, and what `openKey` throws.
 */
export async function* readMessage(
  chunks: AsyncIterable<Uint8Array>,
  openKey: OpenKey,
  rules: ReaderRules = strictRules,
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new StreamBytes(chunks)
  let key: Uint8Array | null = null
  try {
    const header = await readHeader(input, rules)
    const signature = header.suite.isSigned ? new SignatureCheck(header) : null
    key = await openKey(header)
    signature?.update((await input.peek(header.length)).subarray(0, header.length))
    input.consume(header.length)
    const cipher = new FrameCipher(key, header.messageId, rules)
    yield* header.frameLength === 0 ? readSingleBlock(input, cipher, signature) : readFrames(input, header, cipher, signature)
    if (signature) await checkFooter(input, signature)
    if ((await input.peek(1)).length > 0) throw tampered()
  } finally {
    zero(key)
    await input.close()
  }
}

async function readHeader(input: StreamBytes, rules: ReaderRules): Promise<FileHeader> {
  for (let wanted = firstPeekBytes; ; wanted *= 2) {
    const bytes = await input.peek(wanted)
    const header = parseHeader(bytes.subarray(0, headerMaxBytes), rules)
    if (header) return header
    if (bytes.length < wanted) throw truncated()
  }
}

async function* readFrames(input: StreamBytes, header: FileHeader, cipher: FrameCipher, signature: SignatureCheck | null) {
  const plaintext = new Uint8Array(new ArrayBuffer(header.frameLength))
  try {
    for (let sequence = 1, isFinal = false; !isFinal; sequence++) {
      const head = readFrameHead(await input.peek(finalHeadBytes))
      if (!head) throw truncated()
      isFinal = head.isFinal
      const contentBytes = head.contentBytes ?? header.frameLength
      if (contentBytes > header.frameLength) throw tampered()
      const frame = await takeExactly(input, head.headBytes + contentBytes + tagBytes)
      const length = cipher.open(frame, sequence, isFinal, plaintext)
      signature?.update(frame)
      input.consume(frame.length)
      yield plaintext.subarray(0, length)
      plaintext.fill(0, 0, length)
    }
  } finally {
    plaintext.fill(0)
  }
}

/** Legacy bodies, under lenient rules only; bounded, because such a body is held in memory as a whole. */
async function* readSingleBlock(input: StreamBytes, cipher: FrameCipher, signature: SignatureCheck | null) {
  const head = await takeExactly(input, singleBlockHeadBytes)
  const length = Number(new DataView(head.buffer, head.byteOffset + 12, 8).getBigUint64(0))
  if (length > singleBlockMaxBytes) throw unsupported('a single block of more than 16 MiB')
  const block = await takeExactly(input, singleBlockHeadBytes + length + tagBytes)
  const plaintext = new Uint8Array(new ArrayBuffer(length))
  cipher.openSingleBlock(block, plaintext)
  signature?.update(block)
  input.consume(block.length)
  yield plaintext
  plaintext.fill(0)
}

async function checkFooter(input: StreamBytes, signature: SignatureCheck): Promise<void> {
  const [high = 0, low = 0] = await takeExactly(input, 2)
  const length = high * 256 + low
  if (length > signatureMaxBytes) throw tampered()
  const footer = await takeExactly(input, 2 + length)
  signature.verify(footer.slice(2))
  input.consume(footer.length)
}

async function takeExactly(input: StreamBytes, length: number): Promise<Uint8Array> {
  const bytes = await input.peek(length)
  if (bytes.length < length) throw truncated()
  return bytes.subarray(0, length)
}
