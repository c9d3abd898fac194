import { randomFillSync, randomUUID } from 'node:crypto'
import { ownBytes } from './bytes'

/** `length` bytes of the system's generator, in memory of their own, so that zeroing them is final. */
export function randomBytesOf(length: number): Uint8Array<ArrayBuffer> {
  return randomFillSync(ownBytes(length))
}

/** A random UUID (version 4), lower case. */
export function uuid(): string {
  return randomUUID({ disableEntropyCache: true })
}
