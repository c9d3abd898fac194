import { readSync, writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { zero } from '../../crypto/bytes'
import type { HostAnswer, HostQuestion } from './calls'
import { Engine } from './engine'
import { failureOf } from './failures'
import { encodeFrame, FrameReader } from './framing'

/** Where main talks and listens: not the standard streams, to which modules print. */
const channel = 3
/** Ends with main's life, and is looked at by a thread: a module that hangs must not keep this process. */
const lifeline = 4
const watch = `require('node:fs').read(${lifeline}, Buffer.alloc(1), 0, 1, null, () => process.kill(process.pid, 'SIGKILL'))`
new Worker(watch, { eval: true }).unref()

/**
 * The process in which a PKCS#11 module lives: foreign code, which may crash, hang or look around, and finds nothing of the
 * vault here. It ends when main closes the channel.
 */
const engine = new Engine()
const reader = new FrameReader((message) => answer(message as HostQuestion))

function answer({ id, call, request }: HostQuestion): void {
  let reply: HostAnswer
  try {
    reply = { id, ok: true, value: engine.answer(call, request as never) }
  } catch (error) {
    reply = { id, ok: false, failure: failureOf(error) }
  } finally {
    zeroIn(request)
  }
  const frame = frameOf(reply)
  try {
    writeAll(frame)
  } finally {
    zero(frame)
    zeroIn(reply)
  }
}

/** An answer that is too long to send is none. */
function frameOf(reply: HostAnswer): Uint8Array {
  try {
    return encodeFrame(reply)
  } catch {
    return encodeFrame({ id: reply.id, ok: false, failure: { ckr: null, name: 'BAD_ANSWER', method: '' } } satisfies HostAnswer)
  }
}

function writeAll(frame: Uint8Array): void {
  for (let at = 0; at < frame.length; ) at += writeSync(channel, frame, at)
}

function zeroIn(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0)
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) zeroIn(item)
}

/** Nothing else is done here, so waiting for the next question may block. */
const piece = Buffer.alloc(64 * 1024)
for (;;) {
  const length = readSync(channel, piece)
  if (length === 0) process.exit(0)
  reader.push(piece.subarray(0, length))
}
