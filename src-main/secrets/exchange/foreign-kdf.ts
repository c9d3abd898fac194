import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { hashRaw } from '@node-rs/argon2'
import { unsupported } from './import-errors'

/** Argon2 as the file of another program asks for it. */
export interface ForeignArgon2 {
  algorithm: 'argon2d' | 'argon2id'
  /** 0x10 or 0x13. */
  version: number
  memoryKib: number
  passes: number
  lanes: number
}

const algorithms = { argon2d: 0, argon2id: 2 } as const
const versions: ReadonlyMap<number, number> = new Map([[0x10, 0], [0x13, 1]])
const mostMemoryKib = 1024 * 1024
const mostLanes = 64
/** Memory times passes: 32 GiB are some half a minute. */
const mostWorkKib = 32 * 1024 * 1024
const mostPbkdf2Rounds = 10_000_000
const keyBytes = 32

/**
 * 32 bytes of Argon2. `secret` and `salt` are borrowed. IMPORT_UNSUPPORTED for parameters that would exhaust the machine or
 * that Argon2 does not know.
 */
export async function foreignArgon2(secret: Uint8Array, salt: Uint8Array, parameters: ForeignArgon2): Promise<Uint8Array> {
  const { algorithm, memoryKib, passes, lanes } = parameters
  const version = versions.get(parameters.version)
  const isInRange = isBetween(lanes, 1, mostLanes) && isBetween(memoryKib, 8 * lanes, mostMemoryKib) && isBetween(passes, 1, mostWorkKib) && memoryKib * passes <= mostWorkKib
  if (!isInRange || version === undefined || salt.length < 8 || salt.length > 64) throw outOfRange()
  return hashRaw(secret, { algorithm: algorithms[algorithm], version, salt, memoryCost: memoryKib, timeCost: passes, parallelism: lanes, outputLen: keyBytes })
}

/** 32 bytes of PBKDF2 with HMAC-SHA256, otherwise as foreignArgon2(). */
export async function foreignPbkdf2(secret: Uint8Array, salt: Uint8Array, rounds: number): Promise<Uint8Array> {
  if (!isBetween(rounds, 1, mostPbkdf2Rounds)) throw outOfRange()
  return promisify(pbkdf2)(secret, salt, rounds, keyBytes, 'sha256')
}

/** IMPORT_UNSUPPORTED: the parameters of a key derivation. */
export function outOfRange() {
  return unsupported('The key derivation of the file is outside the range that is accepted.')
}

function isBetween(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max
}
