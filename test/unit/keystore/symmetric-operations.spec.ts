import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encodeBlobHeader } from '../../../src-main/keystore/ciphertext-blob'
import { usesPerReservation } from '../../../src-main/keystore/key-usage'
import { isKmsError, KmsError } from '../../../src-shared/errors'
import { cryptographySchemas } from '../../../src-shared/contract/cryptography'
import type { EncryptionContext } from '../../../src-shared/model/encryption-context'
import { limits } from '../../../src-shared/model/limits'
import { callerOf, codeOf, openKeystore, parsed } from '../../support/keystore-fixture'
import { MemoryRecords } from '../../support/memory-records'

const bytes = (text: string) => new TextEncoder().encode(text)

async function openWithKey() {
  const opened = await openKeystore()
  const { keyId, primaryKeyVersion } = await opened.newKey()
  const { keystore } = opened
  const encrypt = (plaintext: Uint8Array, encryptionContext?: EncryptionContext, reference = keyId) =>
    keystore.run('encrypt', callerOf('encrypt'), parsed('encrypt', { keyId: reference, plaintext, encryptionContext }))
  const decrypt = (ciphertextBlob: Uint8Array, encryptionContext?: EncryptionContext) =>
    keystore.run('decrypt', callerOf('decrypt'), parsed('decrypt', { ciphertextBlob, encryptionContext }))
  return { ...opened, keyId, keyVersionId: primaryKeyVersion ?? '', encrypt, decrypt }
}

const usageOf = async (records: MemoryRecords) =>
  (await records.list('key-usage')).map((row) => JSON.parse(new TextDecoder().decode(row.bytes)) as [version: number, used: number, lastUseAt: number | null])
const plantUses = (records: MemoryRecords, keyId: string, keyVersionId: string, used: number) =>
  records.plant('key-usage', keyVersionId, keyId, bytes(JSON.stringify([1, used, null])))
const isPlaintextLength = (length: number) => cryptographySchemas.encrypt.request.safeParse({ keyId: 'k', plaintext: new Uint8Array(length) }).success
const isDataKeyLength = (numberOfBytes: number) => cryptographySchemas.generateDataKey.request.safeParse({ keyId: 'k', numberOfBytes }).success

describe('encrypt and decrypt', () => {
  it.each([1, 15, 16, 17, 4096, limits.plaintextBytes])('gives back %i bytes and names key and version', async (length) => {
    const { keyId, keyVersionId, encrypt, decrypt } = await openWithKey()
    const plaintext = new Uint8Array(randomBytes(length))
    const sealed = await encrypt(plaintext)
    expect(sealed).toMatchObject({ keyId, keyVersionId })
    expect(cryptographySchemas.encrypt.response.safeParse(sealed).success).toBe(true)
    expect(await decrypt(sealed.ciphertextBlob)).toEqual({ keyId, keyVersionId, plaintext })
  })

  it('takes 6144 bytes at most and 1 at least, by contract', () => {
    expect([0, 1, limits.plaintextBytes, limits.plaintextBytes + 1].map(isPlaintextLength)).toEqual([false, true, true, false])
  })

  it('leaves the plaintext to the caller and answers with memory of its own', async () => {
    const { encrypt, decrypt } = await openWithKey()
    const plaintext = bytes('borrowed')
    const { ciphertextBlob } = await encrypt(plaintext)
    expect(plaintext).toEqual(bytes('borrowed'))
    const opened = await decrypt(ciphertextBlob)
    opened.plaintext.fill(0)
    expect((await decrypt(ciphertextBlob)).plaintext).toEqual(bytes('borrowed'))
  })

  it('never gives the same ciphertext twice', async () => {
    const { encrypt } = await openWithKey()
    const blobs = await Promise.all(Array.from({ length: 20 }, () => encrypt(bytes('same'))))
    expect(new Set(blobs.map((blob) => Buffer.from(blob.ciphertextBlob).toString('hex'))).size).toBe(20)
  })

  it('takes an alias and answers with the real key id', async () => {
    const { keystore, keyId, encrypt } = await openWithKey()
    await keystore.run('createAlias', callerOf('createAlias'), { aliasName: 'alias/app', keyId })
    expect((await encrypt(bytes('x'), {}, 'alias/app')).keyId).toBe(keyId)
  })

  it('needs the same context in any order', async () => {
    const { encrypt, decrypt } = await openWithKey()
    const { ciphertextBlob } = await encrypt(bytes('x'), { a: '1', é: '2', 密: '3' })
    expect((await decrypt(ciphertextBlob, { 密: '3', a: '1', é: '2' })).plaintext).toEqual(bytes('x'))
  })

  it.each<[EncryptionContext | undefined, EncryptionContext | undefined]>([
    [{ ab: 'c' }, { a: 'bc' }],
    [{ a: 'b' }, undefined],
    [undefined, { a: 'b' }],
    [{ a: 'b' }, { a: 'B' }],
    [{ a: 'b' }, { a: 'b', c: '' }],
    [{ a: 'b', c: 'd' }, { a: 'd', c: 'b' }],
    [{ é: 'x' }, { 'e\u0301': 'x' }],
  ])('refuses %j opened with %j', async (used, given) => {
    const { encrypt, decrypt } = await openWithKey()
    const { ciphertextBlob } = await encrypt(bytes('x'), used)
    expect(await codeOf(decrypt(ciphertextBlob, given))).toBe('INVALID_CIPHERTEXT')
  })

  it('takes no context for an empty one', async () => {
    const { encrypt, decrypt } = await openWithKey()
    const { ciphertextBlob } = await encrypt(bytes('x'))
    expect((await decrypt(ciphertextBlob, {})).plaintext).toEqual(bytes('x'))
  })

  it('refuses every flipped bit, every shorter and every longer blob with one code and one text', async () => {
    const { encrypt, decrypt } = await openWithKey()
    const { ciphertextBlob } = await encrypt(bytes('secret'), { a: 'b' })
    const damaged = [ciphertextBlob.subarray(0, 0), Buffer.concat([ciphertextBlob, Buffer.of(0)])]
    for (let at = 0; at < ciphertextBlob.length; at++) {
      damaged.push(ciphertextBlob.slice(0, at))
      for (let bit = 0; bit < 8; bit++) {
        const flipped = ciphertextBlob.slice()
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
        damaged.push(flipped)
      }
    }
    const answers = new Set<string>()
    for (const blob of damaged.filter((candidate) => candidate.length > 0)) {
      const error: unknown = await decrypt(blob, { a: 'b' }).catch((cause: unknown) => cause)
      answers.add(isKmsError(error) ? `${error.code} ${error.message} ${JSON.stringify(error.details)}` : `not refused: ${String(error)}`)
    }
    const wrongContext: unknown = await decrypt(ciphertextBlob).catch((cause: unknown) => cause)
    if (isKmsError(wrongContext)) answers.add(`${wrongContext.code} ${wrongContext.message} ${JSON.stringify(wrongContext.details)}`)
    expect([...answers]).toEqual([expect.stringMatching(/^INVALID_CIPHERTEXT /)])
  })

  it('refuses a blob moved to another key of the vault', async () => {
    const { encrypt, decrypt, newKey, keyId, keyVersionId } = await openWithKey()
    const other = await newKey()
    const { ciphertextBlob } = await encrypt(bytes('x'))
    const own = encodeBlobHeader({ keyId, keyVersionId, algorithm: 1 })
    const foreign = encodeBlobHeader({ keyId: other.keyId, keyVersionId: other.primaryKeyVersion ?? '', algorithm: 1 })
    expect(await codeOf(decrypt(Buffer.concat([foreign, ciphertextBlob.subarray(own.length)])))).toBe('INVALID_CIPHERTEXT')
  })

  it('says KEY_NOT_FOUND for an undamaged blob of another vault', async () => {
    const there = await openWithKey()
    const here = await openWithKey()
    const { ciphertextBlob } = await there.encrypt(bytes('x'))
    expect(await codeOf(here.decrypt(ciphertextBlob))).toBe('KEY_NOT_FOUND')
  })

  it('says KEY_VERSION_NOT_FOUND for an undamaged blob of a version that this vault does not have', async () => {
    const { encrypt, decrypt, keyId, keyVersionId } = await openWithKey()
    const { ciphertextBlob } = await encrypt(bytes('x'))
    const own = encodeBlobHeader({ keyId, keyVersionId, algorithm: 1 })
    const later = encodeBlobHeader({ keyId, keyVersionId: `${keyId}-laterlater`, algorithm: 1 })
    expect(await codeOf(decrypt(Buffer.concat([later, ciphertextBlob.subarray(own.length)])))).toBe('KEY_VERSION_NOT_FOUND')
  })

  it.each([
    ['Disabled', 'KEY_DISABLED'],
    ['PendingDeletion', 'KEY_PENDING_DELETION'],
    ['PendingImport', 'KEY_PENDING_IMPORT'],
  ] as const)('refuses to decrypt with a key that is %s, and audits that', async (keyState, code) => {
    const { encrypt, decrypt, rewrite, keyId, use } = await openWithKey()
    const { ciphertextBlob } = await encrypt(bytes('x'))
    await rewrite(keyId, { keyState })
    expect(await codeOf(decrypt(ciphertextBlob))).toBe(code)
    expect(use.calls.at(-1)).toEqual({ caller: callerOf('decrypt'), resource: keyId, code })
  })

  it('refuses a key of another usage', async () => {
    const { encrypt, rewrite, keyId } = await openWithKey()
    await rewrite(keyId, { keyUsage: 'SIGN/VERIFY' })
    expect(await codeOf(encrypt(bytes('x')))).toBe('UNSUPPORTED_OPERATION')
  })

  it('decrypts with the version that the blob names', async () => {
    const { encrypt, decrypt, rewrite, records, keyId, keyVersionId } = await openWithKey()
    const before = await encrypt(bytes('old'))
    const second = `${keyId}-secondversn`
    records.plant('key-material', second, keyId, Buffer.concat([Buffer.of(1), randomBytes(32)]))
    await rewrite(keyId, { primaryVersionId: second, versions: [{ keyVersionId, createdAt: 1 }, { keyVersionId: second, createdAt: 2 }] })
    const after = await encrypt(bytes('new'))
    expect([before.keyVersionId, after.keyVersionId]).toEqual([keyVersionId, second])
    expect(await decrypt(before.ciphertextBlob)).toMatchObject({ keyVersionId, plaintext: bytes('old') })
    expect(await decrypt(after.ciphertextBlob)).toMatchObject({ keyVersionId: second, plaintext: bytes('new') })
  })

  it('opens for ever what version 1 wrote', async () => {
    const keyId = 'key-abcdefghijklmnopqrstuvwx'
    const { keystore, records, newKey } = await openKeystore()
    const model = await newKey()
    const row = new TextDecoder().decode((await records.read('key', model.keyId)) ?? new Uint8Array(0))
    records.plant('key', keyId, null, bytes(row.replace(model.primaryKeyVersion?.slice(-10) ?? '', '0123456789').replace(model.keyId, keyId)))
    records.plant('key-material', `${keyId}-0123456789`, keyId, Buffer.concat([Buffer.of(1), Buffer.alloc(32, 0x42)]))
    await keystore.load(records)
    const golden =
      '4b534342011c6b65792d6162636465666768696a6b6c6d6e6f707172737475767778276b65792d6162636465666768696a6b6c6d6e6f70717273747576777' +
      '82d3031323334353637383900010d3632ad000102030405060708090a0b4ebbe8aec549936fbd612b7fb5b8351b50f1a1081e2f0f7f2f305d40f193de277b0e184e'
    const opened = await keystore.run('decrypt', callerOf('decrypt'), {
      ciphertextBlob: new Uint8Array(Buffer.from(golden, 'hex')),
      encryptionContext: { purpose: 'golden', 环境: 'test' },
    })
    expect(opened.plaintext).toEqual(bytes('Keystead golden blob'))
  })

  it.each([
    ['missing', null],
    ['of another version', new Uint8Array(33).fill(2)],
    ['too short', Uint8Array.of(1, 2, 3)],
  ])('says VAULT_DAMAGED when the material is %s', async (_name, material) => {
    const { encrypt, records, keyId, keyVersionId } = await openWithKey()
    if (material) records.plant('key-material', keyVersionId, keyId, material)
    else await records.mutate(callerOf('test'), keyId, (tx) => tx.remove('key-material', keyVersionId))
    expect(await codeOf(encrypt(bytes('x')))).toBe('VAULT_DAMAGED')
  })

  it('zeroes every row of material that it reads or writes, and reads one once for a row of uses', async () => {
    const seen: Uint8Array[] = []
    class WatchedRecords extends MemoryRecords {
      override async read(...[kind, id]: Parameters<MemoryRecords['read']>) {
        const row = await super.read(kind, id)
        if (row && kind === 'key-material') seen.push(row)
        return row
      }

      override mutate<T>(...[caller, resource, work]: Parameters<typeof MemoryRecords.prototype.mutate<T>>) {
        return super.mutate(caller, resource, (tx) => work({ ...tx, put: (kind, id, parentId, row) => (kind === 'key-material' && seen.push(row), tx.put(kind, id, parentId, row)) }))
      }
    }
    const { keystore, newKey } = await openKeystore(new WatchedRecords())
    const { keyId } = await newKey()
    const { ciphertextBlob } = await keystore.run('encrypt', callerOf('encrypt'), { keyId, plaintext: bytes('x') })
    await keystore.run('decrypt', callerOf('decrypt'), { ciphertextBlob })
    expect(seen.map((row) => [row.length, row.every((byte) => byte === 0)])).toEqual([[33, true], [33, true]])
  })

  it('audits each use once, without values', async () => {
    const { encrypt, decrypt, keyId, use } = await openWithKey()
    const { ciphertextBlob } = await encrypt(bytes('x'), { a: 'b' })
    await decrypt(ciphertextBlob, { a: 'b' })
    expect(await codeOf(decrypt(ciphertextBlob))).toBe('INVALID_CIPHERTEXT')
    expect(use.calls).toEqual([
      { caller: callerOf('encrypt'), resource: keyId, code: null },
      { caller: callerOf('decrypt'), resource: keyId, code: null },
      { caller: callerOf('decrypt'), resource: keyId, code: 'INVALID_CIPHERTEXT' },
    ])
  })

  it('says VAULT_LOCKED when the vault locks in the middle, and reports no use', async () => {
    const { encrypt, records, use } = await openWithKey()
    records.isLocked = true
    expect(await codeOf(encrypt(bytes('x')))).toBe('VAULT_LOCKED')
    expect(use.calls).toEqual([])
  })
})

describe('generateDataKey', () => {
  it.each([
    [{}, 32],
    [{ keySpec: 'AES_256' }, 32],
    [{ keySpec: 'AES_128' }, 16],
    [{ numberOfBytes: 1 }, 1],
    [{ numberOfBytes: 1024 }, 1024],
    [{ keySpec: 'AES_128', numberOfBytes: 64 }, 64],
  ] as const)('%j gives %i bytes that the blob opens to', async (sizes, length) => {
    const { keystore, keyId, keyVersionId, decrypt, use } = await openWithKey()
    const request = parsed('generateDataKey', { keyId, ...sizes, encryptionContext: { a: 'b' } })
    const dataKey = await keystore.run('generateDataKey', callerOf('generateDataKey'), request)
    expect(dataKey).toMatchObject({ keyId, keyVersionId })
    expect(dataKey.plaintext).toHaveLength(length)
    expect((await decrypt(dataKey.ciphertextBlob, { a: 'b' })).plaintext).toEqual(dataKey.plaintext)
    expect(use.calls[0]).toEqual({ caller: callerOf('generateDataKey'), resource: keyId, code: null })
  })

  it('gives another key each time and keeps none', async () => {
    const { keystore, records, keyId } = await openWithKey()
    const make = () => keystore.run('generateDataKey', callerOf('generateDataKey'), { keyId })
    const [one, two] = [await make(), await make()]
    expect(one.plaintext).not.toEqual(two.plaintext)
    const rows = (await Promise.all((['key', 'key-material', 'key-usage'] as const).map((kind) => records.list(kind)))).flat()
    expect(rows.some((row) => Buffer.from(row.bytes).includes(Buffer.from(one.plaintext)))).toBe(false)
  })

  it('takes 1 to 1024 bytes, by contract', () => {
    expect([0, 1, 1024, 1025, 1.5].map(isDataKeyLength)).toEqual([false, true, true, false, false])
  })
})

describe('use counter', () => {

  it('reserves a block once and counts exactly at flush', async () => {
    const { keystore, records, encrypt } = await openWithKey()
    await Promise.all(Array.from({ length: 30 }, () => encrypt(bytes('x'))))
    expect((await usageOf(records)).map(([, used]) => used)).toEqual([usesPerReservation])
    expect(records.audit.filter((entry) => entry.caller.operation === 'recordKeyUse')).toHaveLength(1)
    await keystore.flush()
    expect((await usageOf(records)).map(([, used]) => used)).toEqual([30])
    await keystore.flush()
    expect(records.audit.filter((entry) => entry.caller.operation === 'recordKeyUse')).toHaveLength(2)
  })

  it('never counts too few after a crash, and goes on after a flush', async () => {
    const { keystore, records, encrypt } = await openWithKey()
    await encrypt(bytes('x'))
    keystore.unload()
    await keystore.load(records)
    await encrypt(bytes('x'))
    expect((await usageOf(records)).map(([, used]) => used)).toEqual([2 * usesPerReservation])
    await keystore.flush()
    expect((await usageOf(records)).map(([, used]) => used)).toEqual([usesPerReservation + 1])
  })

  it('reserves anew for what is encrypted while a flush is being written', async () => {
    const { keystore, records, encrypt } = await openWithKey()
    await encrypt(bytes('x'))
    const release = records.holdCommits()
    const flushed = keystore.flush()
    await new Promise((resolve) => setImmediate(resolve))
    const encrypted = encrypt(bytes('y'))
    await new Promise((resolve) => setImmediate(resolve))
    release()
    await Promise.all([flushed, encrypted])
    expect((await usageOf(records)).map(([, used]) => used)).toEqual([1 + usesPerReservation])
  })

  it('encrypts nothing when the reservation cannot be written', async () => {
    const { records, encrypt, keyId, use } = await openWithKey()
    records.failNextCommit(new KmsError('NO_SPACE', 'No space left.'))
    expect(await codeOf(encrypt(bytes('x')))).toBe('NO_SPACE')
    expect(use.calls).toEqual([{ caller: callerOf('encrypt'), resource: keyId, code: 'NO_SPACE' }])
    await encrypt(bytes('x'))
  })

  it('still writes the counts after a flush that failed', async () => {
    const { keystore, records, encrypt } = await openWithKey()
    await encrypt(bytes('x'))
    records.failNextCommit(new KmsError('NO_SPACE', 'No space left.'))
    expect(await codeOf(keystore.flush())).toBe('NO_SPACE')
    await keystore.flush()
    expect((await usageOf(records)).map(([, used]) => used)).toEqual([1])
  })

  it('ends a key version after 2^32 encryptions, yet decrypts on', async () => {
    const { keystore, records, encrypt, decrypt, keyId, keyVersionId } = await openWithKey()
    plantUses(records, keyId, keyVersionId, 2 ** 32 - 2)
    await keystore.load(records)
    const { ciphertextBlob } = await encrypt(bytes('x'))
    await encrypt(bytes('x'))
    expect(await codeOf(encrypt(bytes('x')))).toBe('KEY_USE_EXHAUSTED')
    expect(await codeOf(keystore.run('generateDataKey', callerOf('generateDataKey'), { keyId }))).toBe('KEY_USE_EXHAUSTED')
    expect((await decrypt(ciphertextBlob)).plaintext).toEqual(bytes('x'))
  })

  it('remembers the last use over a lock with flush', async () => {
    const { keystore, records, clock, encrypt, decrypt } = await openWithKey()
    const lastUse = async () => (await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', {}))).rows[0]?.lastUseDate
    expect(await lastUse()).toBeNull()
    const { ciphertextBlob } = await encrypt(bytes('x'))
    clock.time += 3_600_000
    await decrypt(ciphertextBlob)
    expect(await lastUse()).toBe('2026-09-01T13:00:00Z')
    await keystore.flush()
    keystore.unload()
    await keystore.load(records)
    expect(await lastUse()).toBe('2026-09-01T13:00:00Z')
  })

  it.each(['{}', '[1]', '[0,1,null]', '[1,-1,null]', '[1,1,"now"]', '[1,1]', '[1,1,null,1]', '[1,1.5,null]', '[1,1,null'])(
    'refuses the row %s',
    async (row) => {
      const { keystore, records, keyId, keyVersionId } = await openWithKey()
      records.plant('key-usage', keyVersionId, keyId, bytes(row))
      expect(await codeOf(keystore.load(records))).toBe('VAULT_DAMAGED')
    },
  )
})
