import { beforeEach, describe, expect, it } from 'vitest'
import { useIdOfPath } from '../../../src-main/keystore/where-used-files'
import { countsByVersion, previewOf } from '../../../src-main/keystore/where-used-operations'
import { KmsError } from '../../../src-shared/errors'
import { codeOf, openKeystore } from '../../support/keystore-fixture'

let opened: Awaited<ReturnType<typeof openKeystore>>
let keyId: string
let first: string

beforeEach(async () => {
  opened = await openKeystore()
  const made = await opened.newKey()
  keyId = made.keyId
  first = made.primaryKeyVersion ?? ''
})

const messageId = new Uint8Array(32).fill(7)
const use = (path: string, keyVersionId = first, more: { keyId?: string; encryptedAt?: number } = {}) => ({ path, keyId, keyVersionId, messageId, bytes: 100, ...more })
const record = (...uses: ReturnType<typeof use>[]) => opened.keystore.fileUses.record(uses)
const list = (input: { keyVersionId?: string; onlyOld?: boolean; offset?: number; count?: number } = {}) => opened.ask('listKeyUses', { keyId, ...input })
const namesOf = async (input: Parameters<typeof list>[0] = {}) => (await list(input)).uses.map(({ name }) => name)
const rotate = async () => (await opened.ask('rotateKey', { keyId })) && (await opened.ask('describeKey', { keyId })).keyMetadata.primaryKeyVersion
const blobOf = async (encryptionContext?: Record<string, string>) =>
  (await opened.ask('encrypt', { keyId, plaintext: new TextEncoder().encode('content'), ...(encryptionContext ? { encryptionContext } : {}) })).ciphertextBlob

describe('the where-used index', () => {
  it('lists what was recorded, newest first, in windows, by version and by age of version', async () => {
    for (const [index, path] of ['/a', '/b', '/c'].entries()) await record(use(path, first, { encryptedAt: 1000 * (index + 1) }))
    const second = await rotate()
    await record(use('/d', second))
    expect(await namesOf()).toEqual(['/d', '/c', '/b', '/a'])
    expect(await list({ offset: 1, count: 2 })).toMatchObject({ total: 4, uses: [{ name: '/c' }, { name: '/b' }] })
    expect(await namesOf({ keyVersionId: first })).toEqual(['/c', '/b', '/a'])
    expect(await namesOf({ onlyOld: true })).toEqual(['/c', '/b', '/a'])
    expect(await namesOf({ onlyOld: true, keyVersionId: second ?? '' })).toEqual([])
    expect((await list({ count: 1 })).uses[0]).toEqual({
      useId: useIdOfPath('/d'),
      kind: 'file',
      name: '/d',
      keyId,
      keyVersionId: second,
      encryptedAt: '2026-09-01T12:00:00Z',
      isMissing: false,
    })
  })

  it('has one entry per path, also when the file was encrypted with another key', async () => {
    const other = await opened.newKey()
    await record(use('/a'), use('/b'))
    expect(await namesOf()).toHaveLength(2)
    await record(use('/a', other.primaryKeyVersion ?? '', { keyId: other.keyId }))
    expect(await namesOf()).toEqual(['/b'])
    expect((await opened.ask('listKeyUses', { keyId: other.keyId })).uses.map(({ name }) => name)).toEqual(['/a'])
    expect(await opened.records.list('where-used')).toHaveLength(2)
  })

  it('is the same after a lock, and says how many entries need each version', async () => {
    await record(use('/a'), use('/b'))
    const second = await rotate()
    await record(use('/b', second))
    const before = await list()
    await opened.relock()
    expect(await list()).toEqual(before)
    expect([...(await countsByVersion(opened.keystore.session(), keyId))]).toEqual(expect.arrayContaining([[first, 1], [second, 1]]))
  })

  it('is not read at unlock: a damaged entry shows when somebody asks', async () => {
    opened.records.plant('where-used', 'file-x', keyId, new TextEncoder().encode('[1,0]'))
    await opened.relock()
    expect(await codeOf(list())).toBe('VAULT_DAMAGED')
    expect(await codeOf(list())).toBe('VAULT_DAMAGED')
    opened.records.plant('where-used', 'file-x', keyId, new TextEncoder().encode('[2]'))
    expect(await codeOf(list())).toBe('VAULT_NEWER_VERSION')
  })

  it.each([
    ['another kind', [1, 2, 'n', 'K', 'bbbbbbbbbb', 1, 1, [0, '']]],
    ['a name that is none', [1, 0, 3, 'K', 'bbbbbbbbbb', 1, 1, [0, '']]],
    ['a key id that is none', [1, 0, 'n', 'k', 'bbbbbbbbbb', 1, 1, [0, '']]],
    ['a version that is none', [1, 0, 'n', 'K', '', 1, 1, [0, '']]],
    ['a time that is none', [1, 0, 'n', 'K', 'bbbbbbbbbb', -1, 1, [0, '']]],
    ['a size that is none', [1, 0, 'n', 'K', 'bbbbbbbbbb', 1, 1.5, [0, '']]],
    ['details of another length', [1, 1, 'n', 'K', 'bbbbbbbbbb', 1, 1, ['AA==']]],
    ['a context that is none', [1, 1, 'n', 'K', 'bbbbbbbbbb', 1, 1, ['AA==', [['a']]]]],
  ])('refuses a row with %s', async (_what, row) => {
    const text = JSON.stringify(row).replace('"K"', JSON.stringify(keyId))
    opened.records.plant('where-used', 'u', keyId, new TextEncoder().encode(text))
    expect(await codeOf(opened.ask('forgetKeyUse', { useId: 'u' }))).toBe('VAULT_DAMAGED')
  })

  it('does not change in memory when the vault cannot be written', async () => {
    await record(use('/a'))
    const before = await list()
    opened.records.failNextCommit(new KmsError('VAULT_WRITE_FAILED', 'full'))
    expect(await codeOf(record(use('/b')))).toBe('VAULT_WRITE_FAILED')
    expect(await list()).toEqual(before)
  })

  it('takes entries that are written while it is read for the first time', async () => {
    await record(use('/a'))
    await opened.relock()
    await Promise.all([record(use('/b')), list(), record(use('/c')), list()])
    expect((await namesOf()).toSorted()).toEqual(['/a', '/b', '/c'])
  })

  it('holds many entries', async () => {
    for (let start = 0; start < 20_000; start += 1000) await record(...Array.from({ length: 1000 }, (_none, index) => use(`/many/${start + index}`, first, { encryptedAt: start + index })))
    await opened.relock()
    expect(await list({ offset: 19_998, count: 2 })).toMatchObject({ total: 20_000, uses: [{ name: '/many/1' }, { name: '/many/0' }] })
  })

  it('is closed with the vault', async () => {
    opened.keystore.unload()
    expect(await codeOf(record(use('/a')))).toBe('VAULT_LOCKED')
    expect(await codeOf(list())).toBe('VAULT_LOCKED')
  })

  it('forgets an entry on request', async () => {
    await record(use('/a'), use('/b'))
    await list()
    await opened.ask('forgetKeyUse', { useId: useIdOfPath('/a') })
    expect(await namesOf()).toEqual(['/b'])
    await opened.relock()
    expect(await namesOf()).toEqual(['/b'])
    expect(await codeOf(opened.ask('forgetKeyUse', { useId: useIdOfPath('/a') }))).toBe('INVALID_PARAMETER')
  })
})

describe('kept ciphertexts', () => {
  it('come back with their context, and are listed without content', async () => {
    const context = { table: 'users', 'zählt-e': '漢字' }
    const ciphertextBlob = await blobOf(context)
    const { useId } = await opened.ask('keepCiphertext', { name: 'db password', ciphertextBlob: ciphertextBlob.slice(), encryptionContext: context })
    await opened.relock()
    const kept = await opened.ask('getKeptCiphertext', { useId })
    expect(kept).toEqual({ name: 'db password', ciphertextBlob, encryptionContext: context, keyId, keyVersionId: first })
    expect((await list()).uses).toEqual([expect.objectContaining({ useId, kind: 'ciphertext', name: 'db password', keyVersionId: first })])
    expect(await previewOf(opened.keystore.session(), keyId)).toEqual({ files: 0, ciphertexts: 1, examples: ['db password'] })
  })

  it('may have the same name twice', async () => {
    const ciphertextBlob = await blobOf()
    await opened.ask('keepCiphertext', { name: 'twin', ciphertextBlob: ciphertextBlob.slice() })
    await opened.ask('keepCiphertext', { name: 'twin', ciphertextBlob })
    expect(await namesOf()).toEqual(['twin', 'twin'])
  })

  it('must be of a key of this vault and authenticate with that context', async () => {
    const ciphertextBlob = await blobOf({ a: 'b' })
    const keep = (blob: Uint8Array, encryptionContext?: Record<string, string>) =>
      codeOf(opened.ask('keepCiphertext', { name: 'n', ciphertextBlob: blob.slice(), ...(encryptionContext ? { encryptionContext } : {}) }))
    expect(await keep(ciphertextBlob)).toBe('INVALID_CIPHERTEXT')
    expect(await keep(ciphertextBlob, { a: 'c' })).toBe('INVALID_CIPHERTEXT')
    const flipped = ciphertextBlob.slice()
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1
    expect(await keep(flipped, { a: 'b' })).toBe('INVALID_CIPHERTEXT')
    expect(await keep(new Uint8Array(200), { a: 'b' })).toBe('INVALID_CIPHERTEXT')
    const elsewhere = await openKeystore()
    const { keyId: foreign } = await elsewhere.newKey()
    const theirs = await elsewhere.ask('encrypt', { keyId: foreign, plaintext: new Uint8Array(3) })
    expect(await keep(theirs.ciphertextBlob)).toBe('KEY_NOT_FOUND')
    expect(await opened.records.list('where-used')).toEqual([])
  })

  it('are asked for by their own id only', async () => {
    await record(use('/a'))
    for (const useId of ['none', useIdOfPath('/a')]) expect(await codeOf(opened.ask('getKeptCiphertext', { useId }))).toBe('INVALID_PARAMETER')
  })
})
