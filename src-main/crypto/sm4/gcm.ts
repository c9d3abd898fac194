import { ownBytes } from '../bytes'
import type { Sm4Engine } from './engine'
import { ivBytes, layout, powerBytes, powers, strideBlocks, strideBytes, tileBytes, vectorBytes } from './layout'

/** Blocks 0 and 1 of the key stream go before the data: H, as block 0 is made to encrypt zeros, and the mask of the tag. */
const prefixBytes = 2 * vectorBytes
const batchBytes = powers * vectorBytes
/** So that every tile but the last is a number of whole batches. */
const firstTileBytes = tileBytes - batchBytes
/** Where that many blocks are hashed, 16 powers of H cost less than they save. */
const worthwhileBlocks = 48

/** Which side of the cipher is hashed: the output when encrypting, the input when decrypting. */
export type CiphertextSide = 'input' | 'output'

/**
 * SM4-GCM with a key of 16 and an IV of 12 bytes, in both directions. The result goes into `target`, which is as long as
 * the data and may be its own memory; the tag (16 bytes) into memory of its own. The engine's memory holds nothing of key
 * and data afterwards.
 */
export function runSm4Gcm(
  engine: Sm4Engine,
  side: CiphertextSide,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
  aad: Uint8Array,
  target: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const { memory } = engine
  const blocks = Math.ceil(data.length / vectorBytes) + Math.ceil(aad.length / vectorBytes)
  const batched = blocks >= worthwhileBlocks
  const finishTile = (before: number, length: number, at: number): void => {
    hash(engine, batched, layout[side] + before, length)
    target.set(memory.subarray(layout.output + before, layout.output + before + length), at)
  }
  try {
    loadKey(engine, key)
    const first = data.subarray(0, firstTileBytes)
    memory.set(first, layout.input + prefixBytes)
    encryptFirstStride(engine, iv)
    engine.preparePowers(batched ? powers * powerBytes : powerBytes)
    hashAssociated(engine, batched, aad)
    if (prefixBytes + first.length > strideBytes) engine.counterMode(strideBlocks, strideBytes, prefixBytes + first.length)
    finishTile(prefixBytes, first.length, 0)
    for (let at = firstTileBytes; at < data.length; at += tileBytes) {
      const part = data.subarray(at, at + tileBytes)
      memory.set(part, layout.input)
      engine.counterMode((prefixBytes + at) / vectorBytes, 0, part.length)
      finishTile(0, part.length, at)
    }
    hashLengths(engine, aad.length, data.length)
    return maskedSum(memory)
  } finally {
    memory.fill(0, layout.key, layout.end)
  }
}

/** Expands the key. */
export function loadKey(engine: Sm4Engine, key: Uint8Array): void {
  engine.memory.set(key, layout.key)
  engine.expandKey()
}

/** Sets the first 12 bytes of all counter blocks. */
export function loadIv(engine: Sm4Engine, iv: Uint8Array): void {
  engine.memory.set(iv, layout.iv)
  engine.spreadIv()
}

/** Blocks 0 to 31 of the key stream, of which block 0 is the encryption of zeros instead. */
function encryptFirstStride(engine: Sm4Engine, iv: Uint8Array): void {
  const { memory } = engine
  loadIv(engine, iv)
  for (let index = 0; index < ivBytes; index++) memory[layout.nonce + index * vectorBytes] = 0
  engine.counterMode(0, 0, strideBytes)
  engine.spreadIv()
  memory.copyWithin(layout.hash, layout.output, layout.output + vectorBytes)
  memory.copyWithin(layout.tagMask, layout.output + vectorBytes, layout.output + prefixBytes)
}

function hashAssociated(engine: Sm4Engine, batched: boolean, aad: Uint8Array): void {
  for (let at = 0; at < aad.length; at += tileBytes) {
    const part = aad.subarray(at, at + tileBytes)
    engine.memory.set(part, layout.associated)
    hash(engine, batched, layout.associated, part.length)
  }
}

/** The last block: both lengths in bits. */
function hashLengths(engine: Sm4Engine, aadLength: number, dataLength: number): void {
  const view = new DataView(engine.memory.buffer, layout.associated, vectorBytes)
  for (const [at, length] of [[0, aadLength], [8, dataLength]] as const) {
    view.setUint32(at, Math.floor(length / 2 ** 29))
    view.setUint32(at + 4, (length % 2 ** 29) * 8)
  }
  engine.hashBlocks(layout.associated, layout.associated + vectorBytes)
}

/** The tag. */
function maskedSum(memory: Uint8Array): Uint8Array<ArrayBuffer> {
  const tag = ownBytes(vectorBytes)
  for (let index = 0; index < vectorBytes; index++) tag[index] = (memory[layout.sum + index] ?? 0) ^ (memory[layout.tagMask + index] ?? 0)
  return tag
}

/** Takes `length` bytes of the memory into the sum, filled up with zeros to whole blocks. */
function hash(engine: Sm4Engine, batched: boolean, from: number, length: number): void {
  const end = from + Math.ceil(length / vectorBytes) * vectorBytes
  const single = batched ? from + length - (length % batchBytes) : from
  engine.memory.fill(0, from + length, end)
  if (single > from) engine.hashBatches(from, single)
  if (end > single) engine.hashBlocks(single, end)
}
