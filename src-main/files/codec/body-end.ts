import { tampered, truncated } from '../file-errors'
import { finalHeadBytes, readFrameHead } from './frames'
import type { FileHeader } from './header'
import { frameOffset, layoutOfFile, messageBytes, type BodyLayout } from './layout'
import { signatureMaxBytes } from './signature'

const tagBytes = 16
const sequenceBytes = 4
const footerLengthBytes = 2

/** Reads up to `length` bytes at `position`; fewer only at the end of the file. */
export type ReadAt = (position: number, length: number) => Promise<Uint8Array>

/** Where body and footer of a file lie. */
export interface BodyEnd {
  layout: BodyLayout
  /** DER signature of a signed file, empty otherwise. */
  signature: Uint8Array
}

/**
 * Finds the final frame from the length of the file, without reading the frames before it. Proves nothing: the final
 * frame has to be authenticated. FILE_TRUNCATED when the end is missing, FILE_TAMPERED when it is there and does not fit.
 */
export async function findBodyEnd(header: FileHeader, fileBytes: number, readAt: ReadAt): Promise<BodyEnd> {
  for (const footerBytes of await possibleFooters(header, fileBytes, readAt)) {
    const layout = layoutOfFile(header.length, header.frameLength, fileBytes, footerBytes)
    if (!layout || !(await endsThere(layout, readAt))) continue
    const footer = await readAt(messageBytes(layout), footerBytes)
    return { layout, signature: footer.subarray(Math.min(footerLengthBytes, footerBytes)) }
  }
  throw await describeBadEnd(header, fileBytes, readAt)
}

/** Lengths of the footer that the last bytes of the file agree with: for an unsigned file just none. */
async function possibleFooters({ suite }: FileHeader, fileBytes: number, readAt: ReadAt): Promise<number[]> {
  if (!suite.isSigned) return [0]
  const longest = Math.min(signatureMaxBytes + footerLengthBytes, fileBytes)
  const tail = await readAt(fileBytes - longest, longest)
  const lengths = Array.from({ length: Math.max(0, tail.length - footerLengthBytes) }, (_none, index) => tail.length - index)
  return lengths.filter((length) => {
    const start = tail.length - length
    return (tail[start] ?? 0) * 256 + (tail[start + 1] ?? 0) === length - footerLengthBytes
  })
}

async function endsThere(layout: BodyLayout, readAt: ReadAt): Promise<boolean> {
  const head = readFrameHead(await readAt(frameOffset(layout, layout.frameCount), finalHeadBytes))
  return head?.isFinal === true && head.sequence === layout.frameCount && head.contentBytes === layout.finalBytes
}

/**
 * A file that was cut off has, where its last frame would have to begin, a regular frame or a final frame that promises
 * more than there is. Anything else was changed. A footer may span several short frames, hence the few steps back.
 */
async function describeBadEnd(header: FileHeader, fileBytes: number, readAt: ReadAt): Promise<Error> {
  const body = { headerBytes: header.length, frameLength: header.frameLength }
  const last = Math.max(1, Math.floor((fileBytes - header.length - sequenceBytes) / (frameOffset(body, 2) - header.length)) + 1)
  let isStrange = false
  for (let sequence = last; sequence > 0 && last - sequence <= 5; sequence--) {
    const start = frameOffset(body, sequence)
    const head = readFrameHead(await readAt(start, finalHeadBytes))
    if (head === null) continue
    if (!head.isFinal) {
      if (head.sequence === sequence) return isStrange ? tampered() : truncated()
      isStrange = true
      continue
    }
    if (head.sequence !== sequence || head.contentBytes === null || head.contentBytes > header.frameLength) return tampered()
    const end = start + finalHeadBytes + head.contentBytes + tagBytes
    return (await isFooterCut(header, end, fileBytes, readAt)) ? truncated() : tampered()
  }
  return isStrange ? tampered() : truncated()
}

async function isFooterCut({ suite }: FileHeader, end: number, fileBytes: number, readAt: ReadAt): Promise<boolean> {
  if (end > fileBytes) return true
  if (!suite.isSigned) return false
  const [high, low] = await readAt(end, footerLengthBytes)
  return high === undefined || low === undefined || end + footerLengthBytes + high * 256 + low > fileBytes
}
