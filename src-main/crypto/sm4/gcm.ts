import { ownBytes } from '../bytes'
import type { Sm4Engine } from './engine'
import { stateBytes } from './field'
import { layout, powerBytes, powers, strideBlocks, strideBytes, tileBytes, vectorBytes } from './layout'

const ivBytes = 12
const groups = 2
/** Blocks 0 and 1 of the key stream go before the data: H, as block 0 is made to encrypt zeros, and the mask of the tag. */
const prefixBytes = 2 * vectorBytes
const batchBytes = powers * vectorBytes
/** So that every tile but the last is a number of whole batches. */
const firstTileBytes = tileBytes - batchBytes
/** Where that many blocks are hashed, 16 powers of H cost less than they save. */
const worthwhileBlocks = 48

/** Result (as long as the data) and tag (16 bytes), both in memory of their own. */
export interface Sm4GcmResult {
  result: Uint8Array<ArrayBuffer>
  tag: Uint8Array<ArrayBuffer>
}

/**
 * SM4-GCM with a key of 16 and an IV of 12 bytes, in both directions: `ciphertextIn` says which side of the cipher is
 * hashed, the output when encrypting, the input when decrypting. The engine's memory holds nothing of key and data
 * afterwards.
 */
export function runSm4Gcm(engine: Sm4Engine, ciphertextIn: 'input' | 'output', key: Uint8Array, iv: Uint8Array, data: Uint8Array, aad: Uint8Array): Sm4GcmResult {
  const { memory } = engine
  const result = ownBytes(data.length)
  const tag = ownBytes(vectorBytes)
  const blocks = Math.ceil(data.length / vectorBytes) + Math.ceil(aad.length / vectorBytes)
  const batched = blocks >= worthwhileBlocks
  const finishTile = (part: Uint8Array, before: number, at: number): void => {
    hash(engine, batched, layout[ciphertextIn] + before, part.length)
    result.set(memory.subarray(layout.output + before, layout.output + before + part.length), at)
  }
  try {
    loadKey(engine, key)
    const first = data.subarray(0, firstTileBytes)
    memory.set(first, layout.input + prefixBytes)
    encryptFirstStride(engine, iv)
    engine.preparePowers(batched ? powers * powerBytes : powerBytes)
    hashAssociated(engine, batched, aad)
    if (prefixBytes + first.length > strideBytes) engine.counterMode(strideBlocks, strideBytes, prefixBytes + first.length)
    finishTile(first, prefixBytes, 0)
    for (let at = firstTileBytes; at < data.length; at += tileBytes) {
      const part = data.subarray(at, at + tileBytes)
      memory.set(part, layout.input)
      engine.counterMode((prefixBytes + at) / vectorBytes, 0, part.length)
      finishTile(part, 0, at)
    }
    hashLengths(engine, aad.length, data.length)
    for (let index = 0; index < vectorBytes; index++) tag[index] = (memory[layout.sum + index] ?? 0) ^ (memory[layout.tagMask + index] ?? 0)
  } finally {
    memory.fill(0, layout.key, layout.end)
  }
  return { result, tag }
}

/** Expands the key. */
export function loadKey(engine: Sm4Engine, key: Uint8Array): void {
  engine.memory.set(key, layout.key)
  engine.expandKey()
}

/** Sets the first 12 bytes of all counter blocks. */
export function loadIv({ memory }: Sm4Engine, iv: Uint8Array): void {
  for (let index = 0; index < groups * ivBytes; index++) {
    const at = layout.nonce + index * vectorBytes
    memory.fill(stateBytes[iv[index % ivBytes] ?? 0] ?? 0, at, at + vectorBytes)
  }
}

/** Blocks 0 to 31 of the key stream, of which block 0 is the encryption of zeros instead. */
function encryptFirstStride(engine: Sm4Engine, iv: Uint8Array): void {
  const { memory } = engine
  loadIv(engine, iv)
  for (let index = 0; index < ivBytes; index++) memory[layout.nonce + index * vectorBytes] = 0
  engine.counterMode(0, 0, strideBytes)
  loadIv(engine, iv)
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
  view.setBigUint64(0, BigInt(aadLength) * 8n)
  view.setBigUint64(8, BigInt(dataLength) * 8n)
  engine.hashBlocks(layout.associated, layout.associated + vectorBytes)
}

/** Takes `length` bytes of the memory into the sum, filled up with zeros to whole blocks. */
function hash(engine: Sm4Engine, batched: boolean, from: number, length: number): void {
  const end = from + Math.ceil(length / vectorBytes) * vectorBytes
  const single = batched ? from + length - (length % batchBytes) : from
  engine.memory.fill(0, from + length, end)
  if (single > from) engine.hashBatches(from, single)
  if (end > single) engine.hashBlocks(single, end)
}
