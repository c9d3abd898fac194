import { totalmem } from 'node:os'
import { hashRaw } from '@node-rs/argon2'
import { KmsError } from '../../src-shared/errors'
import { SecretBuffer } from './secret-buffer'

/** Cost of Argon2id (RFC 9106): memory in KiB, passes over it, lanes computed side by side. */
export interface Argon2Parameters {
  memoryKib: number
  passes: number
  lanes: number
}

/** What a vault may never go below, whatever its file says. */
export const argon2Floor: Readonly<Argon2Parameters> = { memoryKib: 64 * 1024, passes: 3, lanes: 4 }

/** What a vault may never go above, so that a crafted file cannot exhaust the machine. */
export const argon2Ceiling: Readonly<Argon2Parameters> = { memoryKib: 1024 * 1024, passes: 64, lanes: 16 }

/** Length of the salt of every slot. */
export const argon2SaltBytes = 16

const argon2idAlgorithm = 2
const version13 = 1

/** How much longer than asked for a calibrated run may take. */
const tolerance = 1.2

/**
 * Refuses parameters below `floor` or above argon2Ceiling: KDF_OUT_OF_RANGE. Call it before the parameters of a file
 * are used. Only tests pass another floor.
 */
export function checkArgon2Range(parameters: Argon2Parameters, floor: Readonly<Argon2Parameters> = argon2Floor): void {
  for (const name of ['memoryKib', 'passes', 'lanes'] as const) {
    const value = parameters[name]
    if (!Number.isInteger(value) || value < floor[name] || value > argon2Ceiling[name]) {
      throw new KmsError('KDF_OUT_OF_RANGE', 'The key derivation parameters are outside the range that is accepted.')
    }
  }
}

/**
 * Argon2id, version 1.3, computed on a thread of the pool. `secret` and `salt` (16 bytes, else RangeError) are borrowed
 * until the promise settles: zeroing them earlier changes the result. The caller destroys what it gets.
 * KDF_OUT_OF_RANGE above argon2Ceiling; the floor is checkArgon2Range's matter.
 */
export async function argon2id(secret: Uint8Array, salt: Uint8Array, parameters: Argon2Parameters, lengthBytes = 32): Promise<SecretBuffer> {
  if (salt.length !== argon2SaltBytes) throw new RangeError('the salt has 16 bytes')
  checkArgon2Range(parameters, { memoryKib: 8, passes: 1, lanes: 1 })
  const hash = await hashRaw(secret, {
    algorithm: argon2idAlgorithm,
    version: version13,
    salt,
    memoryCost: parameters.memoryKib,
    timeCost: parameters.passes,
    parallelism: parameters.lanes,
    outputLen: lengthBytes,
  })
  return SecretBuffer.take(hash)
}

/**
 * Parameters that take about `targetMs` on this machine, never below argon2Floor nor above argon2Ceiling. Runs the floor
 * once (through `measure`, which answers its milliseconds) and extrapolates: memory first, because it is what makes
 * guessing on special hardware dear, up to a quarter of this machine's; then passes. A second run tries the outcome,
 * because fresh memory can cost more than its share, and takes back what is too much.
 */
export async function calibrateArgon2(
  targetMs: number,
  measure: (parameters: Argon2Parameters) => Promise<number> = measureArgon2,
  machineMemoryBytes = totalmem(),
): Promise<Argon2Parameters> {
  // Less than the floor is not to be had, however fast the machine.
  if (targetMs <= 1) return { ...argon2Floor }
  const floorMs = Math.max(await measure(argon2Floor), 1)
  const first = scaledFloor(targetMs / floorMs, machineMemoryBytes)
  if (costOf(first) <= costOf(argon2Floor)) return first
  const firstMs = await measure(first)
  if (!(firstMs > targetMs * tolerance)) return first
  return scaledFloor((costOf(first) / costOf(argon2Floor)) * (targetMs / firstMs), machineMemoryBytes)
}

/** The floor made `factor` times as dear, as far as the limits allow. */
function scaledFloor(factor: number, machineMemoryBytes: number): Argon2Parameters {
  if (!(factor > 1)) return { ...argon2Floor }
  const memoryKib = affordableMemoryKib(argon2Floor.memoryKib * factor, machineMemoryBytes)
  const left = factor / (memoryKib / argon2Floor.memoryKib)
  const passes = Math.min(Math.floor(argon2Floor.passes * left), argon2Ceiling.passes)
  return { memoryKib, passes: Math.max(passes, argon2Floor.passes), lanes: argon2Floor.lanes }
}

function costOf(parameters: Argon2Parameters): number {
  return parameters.memoryKib * parameters.passes
}

/** Whole MiB, at most the ceiling and a quarter of the machine's memory, at least the floor. */
function affordableMemoryKib(wantedKib: number, machineMemoryBytes: number): number {
  const limitKib = Math.min(wantedKib, argon2Ceiling.memoryKib, machineMemoryBytes / 1024 / 4)
  return Math.max(Math.floor(limitKib / 1024) * 1024, argon2Floor.memoryKib)
}

/** Milliseconds of one run on this machine. */
async function measureArgon2(parameters: Argon2Parameters): Promise<number> {
  const started = performance.now()
  const result = await argon2id(new Uint8Array(16), new Uint8Array(argon2SaltBytes), parameters)
  result.destroy()
  return performance.now() - started
}
