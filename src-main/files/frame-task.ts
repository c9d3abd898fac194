import { readSync, writeSync } from 'node:fs'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { FrameCipher } from './codec/frames'
import { contentBytes, frameBytes, frameOffset, type BodyLayout } from './codec/layout'
import { SignatureCheck } from './codec/signature'
import { sourceChanged, truncated } from './file-errors'
import { sourceError, targetError } from './fs-errors'
import type { TaskControl } from './task-control'

/** Frames `first` to `last` (sequence numbers) of one file. The descriptors belong to main and stay open. */
export interface CryptTask {
  kind: 'encrypt' | 'decrypt'
  sourceFd: number
  targetFd: number
  messageId: Uint8Array
  layout: BodyLayout
  first: number
  last: number
}

/**
 * Frames `first` to `last` of one message become those of another with the same frames. The key is that of the source
 * and then that of the target, 64 bytes.
 */
export interface ReencryptTask extends Omit<CryptTask, 'kind'> {
  kind: 'reencrypt'
  target: { messageId: Uint8Array; headerBytes: number }
}

/** The signature over the first `bytes` of a file. */
export interface VerifyTask {
  kind: 'verify'
  sourceFd: number
  bytes: number
  context: EncryptionContext
  signature: Uint8Array
}

export type FrameTask = CryptTask | ReencryptTask | VerifyTask

/** Reads and writes at a position; both may do less than asked. */
export interface FrameIo {
  read(fd: number, target: Uint8Array, position: number): number
  write(fd: number, source: Uint8Array, position: number): number
}

/** Synchronous: a worker has nothing else to do, and each call saved is time saved. */
export const systemIo: FrameIo = {
  read: (fd, target, position) => readSync(fd, target, 0, target.length, position),
  write: (fd, source, position) => writeSync(fd, source, 0, source.length, position),
}

/** Enough for few calls, little enough to stay in the processor's cache and to stop within milliseconds. */
const batchBytes = 1024 * 1024
const batchFrames = 256
const messageKeyBytes = 32

/**
 * Does the task step by step; each step is one batch. Borrows `key`. CANCELLED; SOURCE_CHANGED, FILE_TRUNCATED and
 * FILE_UNREADABLE for the source; FILE_TAMPERED; NO_SPACE and TARGET_NOT_WRITABLE for the output. Own buffers are zeroed.
 */
export function* frameSteps(task: FrameTask, key: Uint8Array, control: TaskControl, io: FrameIo = systemIo): Generator<void> {
  if (task.kind === 'verify') yield* verifySteps(task, control, io)
  else yield* cryptSteps(task, batchOf(task, key, io), control)
}

/** Does frames `first` to `last`, for which the buffers are large enough; answers the bytes of the source done. */
type Batch = (first: number, last: number, plain: Uint8Array, sealed: Uint8Array) => number

function batchOf(task: CryptTask | ReencryptTask, key: Uint8Array, io: FrameIo): Batch {
  if (task.kind === 'reencrypt') {
    const opening = new FrameCipher(key.subarray(0, messageKeyBytes), task.messageId)
    const sealing = new FrameCipher(key.subarray(messageKeyBytes), task.target.messageId)
    return (first, last, plain, sealed) => reencryptBatch(task, { opening, sealing }, first, last, plain, sealed, io)
  }
  const cipher = new FrameCipher(key, task.messageId)
  const work = task.kind === 'encrypt' ? encryptBatch : decryptBatch
  return (first, last, plain, sealed) => work(task, cipher, first, last, plain, sealed, io)
}

function* cryptSteps({ layout, first, last }: CryptTask | ReencryptTask, batch: Batch, control: TaskControl): Generator<void> {
  const framesAtOnce = Math.max(1, Math.min(batchFrames, Math.floor(batchBytes / layout.frameLength)))
  const most = Math.min(framesAtOnce, last - first + 1)
  const plain = ownMemory(most * Math.min(layout.frameLength, most === 1 ? Math.max(contentBytes(layout, first), contentBytes(layout, last)) : layout.frameLength))
  const sealed = ownMemory(plain.length + most * 32 + 8)
  try {
    for (let sequence = first; sequence <= last; sequence += framesAtOnce) {
      control.throwIfCancelled()
      const end = Math.min(sequence + framesAtOnce - 1, last)
      control.add(batch(sequence, end, plain, sealed))
      yield
    }
  } finally {
    plain.fill(0)
  }
}

/** Plaintext bytes done. */
function encryptBatch(task: CryptTask, cipher: FrameCipher, first: number, last: number, plain: Uint8Array, sealed: Uint8Array, io: FrameIo): number {
  const { layout, sourceFd, targetFd } = task
  const length = (last - first) * layout.frameLength + contentBytes(layout, last)
  if (!readFully(io, sourceFd, plain.subarray(0, length), (first - 1) * layout.frameLength)) throw sourceChanged()
  let from = 0
  let to = 0
  for (let sequence = first; sequence <= last; sequence++) {
    const content = plain.subarray(from, from + contentBytes(layout, sequence))
    to += cipher.seal(content, sequence, sequence === layout.frameCount, sealed.subarray(to))
    from += content.length
  }
  writeFully(io, targetFd, sealed.subarray(0, to), frameOffset(layout, first))
  return length
}

/** Bytes of the encrypted file done. */
function decryptBatch(task: CryptTask, cipher: FrameCipher, first: number, last: number, plain: Uint8Array, sealed: Uint8Array, io: FrameIo): number {
  const { layout, sourceFd, targetFd } = task
  const start = frameOffset(layout, first)
  const length = frameOffset(layout, last) + frameBytes(layout, last) - start
  if (!readFully(io, sourceFd, sealed.subarray(0, length), start)) throw truncated()
  let to = 0
  for (let sequence = first; sequence <= last; sequence++) {
    const from = frameOffset(layout, sequence) - start
    const frame = sealed.subarray(from, from + frameBytes(layout, sequence))
    to += cipher.open(frame, sequence, sequence === layout.frameCount, plain.subarray(to))
  }
  writeFully(io, targetFd, plain.subarray(0, to), (first - 1) * layout.frameLength)
  return length
}

/** As decryptBatch(), but each frame is sealed again in its place: both messages have frames of the same lengths. */
function reencryptBatch(
  { layout, sourceFd, targetFd, target }: ReencryptTask,
  { opening, sealing }: { opening: FrameCipher; sealing: FrameCipher },
  first: number,
  last: number,
  plain: Uint8Array,
  sealed: Uint8Array,
  io: FrameIo,
): number {
  const start = frameOffset(layout, first)
  const length = frameOffset(layout, last) + frameBytes(layout, last) - start
  if (!readFully(io, sourceFd, sealed.subarray(0, length), start)) throw truncated()
  for (let sequence = first; sequence <= last; sequence++) {
    const from = frameOffset(layout, sequence) - start
    const frame = sealed.subarray(from, from + frameBytes(layout, sequence))
    const isFinal = sequence === layout.frameCount
    const content = plain.subarray(0, opening.open(frame, sequence, isFinal, plain))
    sealing.seal(content, sequence, isFinal, frame)
  }
  writeFully(io, targetFd, sealed.subarray(0, length), frameOffset({ ...layout, headerBytes: target.headerBytes }, first))
  return length
}

function* verifySteps({ sourceFd, bytes, context, signature }: VerifyTask, control: TaskControl, io: FrameIo): Generator<void> {
  const check = new SignatureCheck({ context })
  const buffer = ownMemory(Math.min(batchBytes, bytes))
  for (let position = 0; position < bytes; position += buffer.length) {
    control.throwIfCancelled()
    const piece = buffer.subarray(0, Math.min(buffer.length, bytes - position))
    if (!readFully(io, sourceFd, piece, position)) throw truncated()
    check.update(piece)
    yield
  }
  check.verify(signature)
}

/** False when the file ends before. */
function readFully(io: FrameIo, fd: number, target: Uint8Array, position: number): boolean {
  try {
    for (let done = 0; done < target.length; ) {
      const count = io.read(fd, target.subarray(done), position + done)
      if (count === 0) return false
      done += count
    }
    return true
  } catch (error) {
    throw sourceError(error)
  }
}

function writeFully(io: FrameIo, fd: number, source: Uint8Array, position: number): void {
  try {
    for (let done = 0; done < source.length; ) done += io.write(fd, source.subarray(done), position + done)
  } catch (error) {
    throw targetError(error)
  }
}

function ownMemory(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length))
}
