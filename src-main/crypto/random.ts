import { randomFillSync, randomUUID } from 'node:crypto'

/** `length` bytes of the system's generator, in memory of their own, so that zeroing them is final. */
export function randomBytesOf(length: number): Uint8Array<ArrayBuffer> {
  return randomFillSync(new Uint8Array(new ArrayBuffer(length)))
}

/** A random UUID (version 4), lower case. */
export function uuid(): string {
  return randomUUID({ disableEntropyCache: true })
}
