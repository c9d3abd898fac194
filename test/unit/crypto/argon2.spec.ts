import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { argon2Ceiling, argon2Floor, argon2id, calibrateArgon2, checkArgon2Range, type Argon2Parameters } from '../../../src-main/crypto/argon2'
import { utf8 } from '../../../src-main/crypto/bytes'

const cheap: Argon2Parameters = { memoryKib: 256, passes: 2, lanes: 2 }
const salt = utf8('keysteadsalt0016')
const outOfRange = expect.objectContaining({ code: 'KDF_OUT_OF_RANGE' })
const gibibytes = (count: number): number => count * 2 ** 30

async function hex(secret: string, parameters: Argon2Parameters, length?: number): Promise<string> {
  const result = await argon2id(utf8(secret), salt, parameters, length)
  return result.use((bytes) => Buffer.from(bytes).toString('hex'))
}

describe('argon2id', () => {
  // Expected values: the reference implementation's command, e.g. argon2 keysteadsalt0016 -id -t 2 -k 256 -p 2 -l 24 -r
  it('agrees with the reference implementation', async () => {
    expect(await hex('correct horse', cheap, 24)).toBe('6ddbedc607b70ff5278b3d9c8caa786a89a5d056b3767c08')
  })

  it('agrees with the reference implementation at the floor', async () => {
    expect(await hex('correct horse', argon2Floor)).toBe('a4ca0a7ab7100d4a88894b7fb8d74a44b45d76394759408582ff0b003ab2c5db')
  })

  it('depends on secret and salt and leaves both to their owner', async () => {
    const secret = utf8('correct horse')
    const own = salt.slice()
    const first = await argon2id(secret, own, cheap)
    expect([secret, own]).toEqual([utf8('correct horse'), salt])
    expect(first).toHaveLength(32)
    own[0] = 0
    expect(first.equals((await argon2id(secret, own, cheap)).use((bytes) => bytes))).toBe(false)
    expect(await hex('correct horsf', cheap)).not.toBe(await hex('correct horse', cheap))
  })

  it('does not block the event loop', async () => {
    const order: string[] = []
    const derived = argon2id(utf8('a'), salt, { ...argon2Floor, lanes: 1 }).then(() => order.push('derived'))
    await new Promise((resolve) => setImmediate(resolve))
    order.push('loop')
    await derived
    expect(order).toEqual(['loop', 'derived'])
  })

  it('refuses a salt of another length', async () => {
    await expect(argon2id(utf8('a'), new Uint8Array(15), cheap)).rejects.toThrow(RangeError)
  })

  it('refuses parameters above the ceiling before it allocates', async () => {
    await expect(argon2id(utf8('a'), salt, { memoryKib: 2 ** 31, passes: 1, lanes: 1 })).rejects.toEqual(outOfRange)
  })
})

describe('checkArgon2Range', () => {
  it('accepts floor and ceiling', () => {
    expect(() => checkArgon2Range(argon2Floor)).not.toThrow()
    expect(() => checkArgon2Range(argon2Ceiling)).not.toThrow()
  })

  it.each(['memoryKib', 'passes', 'lanes'] as const)('refuses %s one below the floor, one above the ceiling, and no integers', (name) => {
    for (const value of [argon2Floor[name] - 1, argon2Ceiling[name] + 1, argon2Floor[name] + 0.5, Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      expect(() => checkArgon2Range({ ...argon2Floor, [name]: value })).toThrow(outOfRange)
    }
  })

  it('keeps the ceiling under another floor', () => {
    expect(() => checkArgon2Range(cheap, cheap)).not.toThrow()
    expect(() => checkArgon2Range({ ...cheap, passes: 65 }, cheap)).toThrow(outOfRange)
  })
})

function calibrate(targetMs: number, floorMs: number, memory = gibibytes(64)): Promise<Argon2Parameters> {
  return calibrateArgon2(targetMs, async () => floorMs, memory)
}

describe('calibrateArgon2', () => {
  it('measures the floor once and then what came of it', async () => {
    const measured: Argon2Parameters[] = []
    const measure = async (parameters: Argon2Parameters): Promise<number> => {
      measured.push(parameters)
      return (100 * parameters.memoryKib) / argon2Floor.memoryKib
    }
    const chosen = await calibrateArgon2(1000, measure, gibibytes(64))
    expect(measured).toEqual([argon2Floor, chosen])
    expect(chosen.memoryKib).toBe(640 * 1024)
  })

  it('takes back what is too much where more memory costs more than its share', async () => {
    const measure = async (parameters: Argon2Parameters): Promise<number> => (parameters.memoryKib === argon2Floor.memoryKib ? 100 : 2000)
    expect(await calibrateArgon2(1000, measure, gibibytes(64))).toEqual({ memoryKib: 320 * 1024, passes: 3, lanes: 4 })
    const hopeless = async (parameters: Argon2Parameters): Promise<number> => (parameters.memoryKib === argon2Floor.memoryKib ? 100 : 1e9)
    expect(await calibrateArgon2(1000, hopeless, gibibytes(64))).toEqual(argon2Floor)
  })

  it('measures nothing more when the floor is the answer', async () => {
    let runs = 0
    const measure = async (): Promise<number> => {
      runs++
      return 4000
    }
    expect(await calibrateArgon2(1000, measure)).toEqual(argon2Floor)
    expect(runs).toBe(1)
  })

  it('raises memory first', async () => {
    expect(await calibrate(1000, 250)).toEqual({ memoryKib: 256 * 1024, passes: 3, lanes: 4 })
  })

  it('raises passes once memory is at the ceiling', async () => {
    expect(await calibrate(8000, 100)).toEqual({ memoryKib: 1024 * 1024, passes: 15, lanes: 4 })
  })

  it('takes at most a quarter of the memory', async () => {
    expect(await calibrate(1000, 100, gibibytes(1))).toEqual({ memoryKib: 256 * 1024, passes: 7, lanes: 4 })
    expect(await calibrate(1000, 1000, gibibytes(0.1))).toEqual(argon2Floor)
  })

  it('is in range whatever it is told', async () => {
    const anything = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY))
    await fc.assert(
      fc.asyncProperty(anything, anything, fc.double({ min: 0, max: gibibytes(256), noNaN: true }), async (targetMs, floorMs, memory) => {
        const parameters = await calibrate(targetMs, floorMs, memory)
        expect(() => checkArgon2Range(parameters)).not.toThrow()
      }),
    )
  })
})
