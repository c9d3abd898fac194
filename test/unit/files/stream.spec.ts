import { Readable, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { decryptStream, encryptStream } from '../../../src-main/files/stream'
import { bytesOfLength, caller, chunksOf, codeOf, keyId, OneKey } from './support'

const MiB = 1024 * 1024

class Sink extends Writable {
  readonly parts: Buffer[] = []
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.parts.push(Buffer.from(chunk))
    done()
  }
  get bytes(): Buffer {
    return Buffer.concat(this.parts)
  }
}

const pipe = (bytes: Uint8Array, size = 65_536) => Readable.from(chunksOf(bytes, size), { objectMode: false })

async function encrypted(keys: OneKey, plaintext: Uint8Array, context = {}): Promise<Buffer> {
  const sink = new Sink()
  await encryptStream(caller, keys, pipe(plaintext), sink, { keyReference: keyId, context })
  return sink.bytes
}

describe('pipes', () => {
  it.each([0, 1, MiB, MiB + 1, 3 * MiB])('carry %i bytes there and back', async (size) => {
    const keys = new OneKey()
    const sink = new Sink()
    await decryptStream(caller, keys, pipe(await encrypted(keys, bytesOfLength(size), { purpose: 'x' }), 10_007), sink)
    expect(Buffer.compare(sink.bytes, bytesOfLength(size))).toBe(0)
  })

  it('that break off fail after the frames that were whole', async () => {
    const keys = new OneKey()
    const bytes = await encrypted(keys, bytesOfLength(2 * MiB + 10))
    const sink = new Sink()
    expect(await codeOf(() => decryptStream(caller, keys, pipe(bytes.subarray(0, -1)), sink))).toBe('FILE_TRUNCATED')
    expect(Buffer.compare(sink.bytes, bytesOfLength(2 * MiB))).toBe(0)
  })

  it('give out nothing of a changed frame', async () => {
    const keys = new OneKey()
    const bytes = await encrypted(keys, bytesOfLength(2 * MiB))
    bytes[MiB + 500] = (bytes[MiB + 500] ?? 0) ^ 1
    const sink = new Sink()
    expect(await codeOf(() => decryptStream(caller, keys, pipe(bytes), sink))).toBe('FILE_TAMPERED')
    expect(sink.bytes.length).toBeLessThanOrEqual(MiB)
  })

  it('answer for a foreign file, a bad context, a broken reader and a broken writer', async () => {
    const keys = new OneKey()
    const bytes = await encrypted(keys, bytesOfLength(10))
    const other = new OneKey()
    expect(await codeOf(() => decryptStream(caller, other, pipe(bytes), new Sink()))).toBe('FILE_TAMPERED')
    expect(await codeOf(() => decryptStream(caller, keys, pipe(Buffer.from('hello')), new Sink()))).toBe('FILE_NOT_ENCRYPTED')
    expect(await codeOf(() => encrypted(keys, bytes, { A: 'x' }))).toBe('INVALID_PARAMETER')
    const broken = new Readable({ read() { this.destroy(new Error('gone')) } })
    expect(await codeOf(() => encryptStream(caller, keys, broken, new Sink(), { keyReference: keyId }))).toBe('FILE_UNREADABLE')
    const full = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('full'), { code: 'ENOSPC' })) })
    expect(await codeOf(() => decryptStream(caller, keys, pipe(bytes), full))).toBe('NO_SPACE')
  })
})
