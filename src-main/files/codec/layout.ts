const regularOverhead = 32
const finalOverhead = 40

/** Where the frames of a file lie (file format section 1.9). */
export interface BodyLayout {
  headerBytes: number
  frameLength: number
  /** All frames, the final one included. */
  frameCount: number
  /** Plaintext bytes of the final frame. */
  finalBytes: number
}

const maxFrames = 2 ** 32 - 1

/**
 * The layout in which `plaintextBytes` are written: as few frames as possible, so that a length which is a multiple of
 * the frame length ends in a full final frame. RangeError for more than 2^32-1 frames.
 */
export function layoutOfPlaintext(headerBytes: number, frameLength: number, plaintextBytes: number): BodyLayout {
  const frameCount = Math.max(1, Math.ceil(plaintextBytes / frameLength))
  if (frameCount > maxFrames) throw new RangeError('more frames than the format can count')
  return { headerBytes, frameLength, frameCount, finalBytes: plaintextBytes - (frameCount - 1) * frameLength }
}

/** The one layout that fills a file of `fileBytes`, of which the last `footerBytes` are no frames; null when none does. */
export function layoutOfFile(headerBytes: number, frameLength: number, fileBytes: number, footerBytes = 0): BodyLayout | null {
  const left = fileBytes - footerBytes - headerBytes - finalOverhead
  if (left < 0) return null
  const regularFrames = Math.floor(left / (frameLength + regularOverhead))
  const finalBytes = left - regularFrames * (frameLength + regularOverhead)
  if (finalBytes > frameLength || regularFrames >= maxFrames) return null
  return { headerBytes, frameLength, frameCount: regularFrames + 1, finalBytes }
}

/** Offset of frame `sequence` (from 1) in the file. */
export function frameOffset({ headerBytes, frameLength }: Pick<BodyLayout, 'headerBytes' | 'frameLength'>, sequence: number): number {
  return headerBytes + (sequence - 1) * (frameLength + regularOverhead)
}

/** Bytes of frame `sequence` in the file. */
export function frameBytes(layout: BodyLayout, sequence: number): number {
  return contentBytes(layout, sequence) + (sequence === layout.frameCount ? finalOverhead : regularOverhead)
}

/** Plaintext bytes of frame `sequence`. */
export function contentBytes(layout: BodyLayout, sequence: number): number {
  return sequence === layout.frameCount ? layout.finalBytes : layout.frameLength
}

/** Plaintext bytes of the whole file. */
export function plaintextBytesOf({ frameLength, frameCount, finalBytes }: BodyLayout): number {
  return (frameCount - 1) * frameLength + finalBytes
}

/** Bytes of header and frames. */
export function messageBytes(layout: BodyLayout): number {
  return frameOffset(layout, layout.frameCount) + layout.finalBytes + finalOverhead
}
