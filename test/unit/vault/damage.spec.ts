import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseHeader, serialiseHeader } from '../../../src-main/vault/header'
import { KmsError } from '../../../src-shared/errors'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { caller, codeOf, makeVault, openFixture, passphrase, readAll, twoKeys } from './fixture'

const at = useTemporaryFolder()

beforeEach(() => makeVault(at('vault')))

function codeOfParsing(content: Uint8Array): string {
  try {
    parseHeader(content)
    return 'accepted'
  } catch (error) {
    if (error instanceof KmsError) return error.code
    throw error
  }
}

describe('vault.json', () => {
  it('is refused with any byte changed', () => {
    const original = readFileSync(at('vault', 'vault.json'))
    const seen = new Set<string>()
    for (let index = 0; index < original.length; index++) {
      for (const flip of [0x01, 0x20, 0x80, 0xff]) {
        const changed = Uint8Array.from(original)
        changed[index] = (changed[index] ?? 0) ^ flip
        seen.add(codeOfParsing(changed))
      }
    }
    seen.delete('VAULT_NEWER_VERSION')
    expect([...seen]).toEqual(['VAULT_DAMAGED'])
  })

  it('is refused at every other length', () => {
    const original = readFileSync(at('vault', 'vault.json'))
    for (let length = 0; length < original.length; length++) expect(codeOfParsing(original.subarray(0, length))).toBe('VAULT_DAMAGED')
    expect(codeOfParsing(Buffer.concat([original, Buffer.from('\n')]))).toBe('VAULT_DAMAGED')
    expect(codeOfParsing(Buffer.alloc(70_000, 0x20))).toBe('VAULT_DAMAGED')
  })

  it('that is damaged is told by the status, refused at unlock, and left alone', async () => {
    const original = readFileSync(at('vault', 'vault.json'))
    const changed = Buffer.concat([original.subarray(0, 100), Buffer.from('x'), original.subarray(101)])
    writeFileSync(at('vault', 'vault.json'), changed)
    const { vault } = openFixture(at('vault'))
    expect(await vault.status()).toMatchObject({ state: 'locked', problem: 'VAULT_DAMAGED', name: null })
    expect(await codeOf(vault.unlockWithPassphrase(caller(), passphrase()))).toBe('VAULT_DAMAGED')
    expect(await codeOf(vault.create({ passphrase: passphrase(), name: 'v' }))).toBe('VAULT_EXISTS')
    await vault.dispose()
    expect(readFileSync(at('vault', 'vault.json'))).toEqual(changed)
  })

  it('of a newer version is refused and left alone', async () => {
    const text = readFileSync(at('vault', 'vault.json'), 'utf8').replace('"version": 1', '"version": 3')
    writeFileSync(at('vault', 'vault.json'), text)
    const { vault } = openFixture(at('vault'))
    expect((await vault.status()).problem).toBe('VAULT_NEWER_VERSION')
    expect(await codeOf(vault.unlockWithPassphrase(caller(), passphrase()))).toBe('VAULT_NEWER_VERSION')
    await vault.dispose()
    expect(readFileSync(at('vault', 'vault.json'), 'utf8')).toBe(text)
  })

  it('whose checksum was made to fit a change is caught by its code', async () => {
    const header = parseHeader(readFileSync(at('vault', 'vault.json')))
    writeFileSync(at('vault', 'vault.json'), serialiseHeader({ ...header, name: 'Another name' }))
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
    writeFileSync(at('vault', 'vault.json'), serialiseHeader({ ...header, slots: header.slots.filter((slot) => slot.kind === 'passphrase') }))
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
    writeFileSync(at('vault', 'vault.json'), serialiseHeader(header))
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })

  it('cannot lower or raise the cost of a slot', async () => {
    const header = parseHeader(readFileSync(at('vault', 'vault.json')))
    const withKdf = (change: object) => ({ ...header, slots: header.slots.map((slot) => (slot.kind === 'passphrase' ? { ...slot, kdf: { ...slot.kdf, ...change } } : slot)) })
    const outcomes: string[] = []
    for (const change of [{ memoryKib: 32 }, { memoryKib: 2 ** 21 }, { passes: 0 }, { passes: 1000 }, { lanes: 0 }, { lanes: 255 }, { passes: 2 }]) {
      writeFileSync(at('vault', 'vault.json'), serialiseHeader(withKdf(change)))
      outcomes.push(await codeOf(readAll(at('vault'))))
    }
    expect(outcomes).toEqual([...Array<string>(6).fill('KDF_OUT_OF_RANGE'), 'WRONG_PASSPHRASE'])
  })

  it('with an old revision is refused', async () => {
    copyFileSync(at('vault', 'vault.json'), at('old.json'))
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.changePassphrase(caller(), passphrase(), Buffer.from('a new passphrase'))
    await vault.dispose()
    copyFileSync(at('old.json'), at('vault', 'vault.json'))
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
  })
})

describe('vault.db', () => {
  it('that is missing or empty is damage, not an empty vault', async () => {
    rmSync(at('vault', 'vault.db'))
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
    expect(readdirSync(at('vault')).filter((name) => name.startsWith('vault.db') && !/-(wal|shm)$/.test(name))).toEqual([])
    writeFileSync(at('vault', 'vault.db'), '')
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
    expect(readFileSync(at('vault', 'vault.db')).length).toBe(0)
  })

  it('without vault.json is damage too, and nothing is made over it', async () => {
    rmSync(at('vault', 'vault.json'))
    const { vault } = openFixture(at('vault'))
    expect(await vault.status()).toMatchObject({ state: 'locked', problem: 'VAULT_DAMAGED' })
    expect(await codeOf(vault.create({ passphrase: passphrase(), name: 'v' }))).toBe('VAULT_EXISTS')
    await vault.dispose()
  })

  it('with changed bytes or another length is refused or opens with the same content, and is left alone when refused', async () => {
    const clean = readFileSync(at('vault', 'vault.db'))
    expect(clean.length).toBeGreaterThan(16_384)
    const outcomes = new Set<string>()
    for (const [number, damaged] of [...flips(clean), ...cuts(clean)].entries()) {
      const folder = at(`copy-${number}`)
      mkdirSync(folder, { mode: 0o700 })
      copyFileSync(at('vault', 'vault.json'), join(folder, 'vault.json'))
      writeFileSync(join(folder, 'vault.db'), damaged, { mode: 0o600 })
      const outcome = await readAll(folder).then(
        (content) => (expect(content).toEqual(twoKeys), 'opened'),
        (error: unknown) => {
          if (!(error instanceof KmsError)) throw error
          expect(hash(readFileSync(join(folder, 'vault.db')))).toBe(hash(damaged))
          return error.code
        },
      )
      outcomes.add(outcome)
    }
    expect([...outcomes].sort()).toEqual(expect.arrayContaining(['VAULT_DAMAGED', 'opened']))
    expect([...outcomes].filter((outcome) => !['VAULT_DAMAGED', 'VAULT_NEWER_VERSION', 'VAULT_WRITE_FAILED', 'opened'].includes(outcome))).toEqual([])
  })
})

describe('leftovers of a crash while a vault was made', () => {
  it('are no vault and do not stand in the way', async () => {
    cpSync(at('vault'), at('half'), { recursive: true })
    rmSync(at('half', 'vault.json'))
    writeFileSync(at('half', 'vault.creating'), '')
    writeFileSync(at('half', '.vault.json.0123456789ab.tmp'), 'x')
    const { vault } = openFixture(at('half'))
    expect((await vault.status()).state).toBe('none')
    await vault.create({ passphrase: passphrase(), name: 'v' })
    expect(await vault.list('key')).toEqual([])
    await vault.dispose()
    expect(readdirSync(at('half')).filter((name) => !/^vault\.(json|db)/.test(name))).toEqual([])
  })
})

function* flips(clean: Buffer): Generator<Buffer> {
  const positions = new Set<number>()
  for (let index = 0; index < 110; index += 1) positions.add(index)
  for (let index = 110; index < clean.length; index += 97) if (clean[index] !== 0) positions.add(index)
  for (const index of positions) {
    const changed = Buffer.from(clean)
    changed[index] = (changed[index] ?? 0) ^ (index % 2 ? 0x80 : 0x01)
    yield changed
  }
}

function* cuts(clean: Buffer): Generator<Buffer> {
  for (let length = 0; length < clean.length; length += 1531) yield clean.subarray(0, length)
}

function hash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
