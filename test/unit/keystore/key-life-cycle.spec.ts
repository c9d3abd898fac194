import { describe, expect, it } from 'vitest'
import { KmsError } from '../../../src-shared/errors'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { callerOf, codeOf, openKeystore, parsed } from '../../support/keystore-fixture'
import { MemoryRecords } from '../../support/memory-records'

const alias = (aliasName: string, keyId: string) => parsed('createAlias', { aliasName, keyId })
const describeOf = (keyId: string) => parsed('describeKey', { keyId })
const writeFailed = new KmsError('VAULT_WRITE_FAILED', 'The vault cannot be written.')

describe('createKey', () => {
  it('answers with the metadata of a new enabled key', async () => {
    const { newKey, records } = await openKeystore()
    const metadata = await newKey({ description: 'first' })
    expect(metadata.keyId).toMatch(/^key-[a-z0-9]{20,}$/)
    expect(metadata.primaryKeyVersion).toMatch(new RegExp(`^${metadata.keyId}-[a-z0-9]+$`))
    expect(metadata).toEqual({
      keyId: metadata.keyId,
      arn: `acs:kms:local:${records.vaultId}:key/${metadata.keyId}`,
      keyState: 'Enabled',
      keySpec: 'Aliyun_AES_256',
      keyUsage: 'ENCRYPT/DECRYPT',
      origin: 'Aliyun_KMS',
      protectionLevel: 'SOFTWARE',
      description: 'first',
      creator: 'window',
      creationDate: '2026-09-01T12:00:00Z',
      primaryKeyVersion: metadata.primaryKeyVersion,
      automaticRotation: 'Disabled',
      lastRotationDate: '2026-09-01T12:00:00Z',
      materialExpireTime: '',
      deletionProtection: 'Disabled',
      dKMSInstanceId: records.vaultId,
      exportable: false,
    })
  })

  it('writes metadata and material in one audited transaction', async () => {
    const { newKey, records } = await openKeystore()
    const { keyId, primaryKeyVersion } = await newKey()
    expect(records.audit).toEqual([{ caller: callerOf('createKey'), resource: keyId, code: null }])
    const material = await records.list('key-material')
    expect(material.map(({ id, parentId, bytes }) => [id, parentId, bytes.length])).toEqual([[primaryKeyVersion, keyId, 33]])
  })

  it('gives every key its own id and material', async () => {
    const { newKey, records } = await openKeystore()
    const ids = new Set<string>()
    for (let count = 0; count < 50; count++) ids.add((await newKey()).keyId)
    const material = await records.list('key-material')
    expect(ids.size).toBe(50)
    expect(new Set(material.map((row) => Buffer.from(row.bytes).toString('hex'))).size).toBe(50)
  })

  it.each([
    [{ keyUsage: 'SIGN/VERIFY' }, 'INVALID_PARAMETER'],
    [{ keyUsage: 'GENERATE_VERIFY_MAC' }, 'INVALID_PARAMETER'],
    [{ keySpec: 'EC_P256', keyUsage: 'ENCRYPT/DECRYPT' }, 'INVALID_PARAMETER'],
    [{ keySpec: 'HMAC_SHA_256', keyUsage: 'SIGN/VERIFY' }, 'INVALID_PARAMETER'],
    [{ keySpec: 'EC_P256', origin: 'EXTERNAL' }, 'UNSUPPORTED_ORIGIN'],
    [{ keySpec: 'HMAC_SM3', origin: 'EXTERNAL' }, 'UNSUPPORTED_ORIGIN'],
    [{ protectionLevel: 'HSM' }, 'UNSUPPORTED_PROTECTION_LEVEL'],
    [{ exportable: true }, 'INVALID_PARAMETER'],
    [{ dKMSInstanceId: 'kst-other' }, 'INVALID_PARAMETER'],
    [{ enableAutomaticRotation: true }, 'MISSING_PARAMETER'],
    [{ enableAutomaticRotation: true, rotationInterval: '6d' }, 'INVALID_PARAMETER'],
    [{ enableAutomaticRotation: true, rotationInterval: '731d' }, 'INVALID_PARAMETER'],
    [{ rotationInterval: '604799s' }, 'INVALID_PARAMETER'],
    [{ enableAutomaticRotation: true, rotationInterval: '30d', origin: 'EXTERNAL' }, 'INVALID_PARAMETER'],
    [{ enableAutomaticRotation: true, rotationInterval: '30d', keySpec: 'EC_P256' }, 'INVALID_PARAMETER'],
    [{ enableAutomaticRotation: true, rotationInterval: '30d', keySpec: 'HMAC_SHA_256' }, 'INVALID_PARAMETER'],
    [{ tags: [{ TagKey: 'aliyun-x', TagValue: '' }] }, 'INVALID_PARAMETER'],
    [{ tags: [{ TagKey: 'a b', TagValue: '' }] }, 'INVALID_PARAMETER'],
    [{ tags: [{ TagKey: 'a', TagValue: '1' }, { TagKey: 'a', TagValue: '2' }] }, 'INVALID_PARAMETER'],
    [{ policy: '{}' }, 'INVALID_PARAMETER'],
  ] satisfies [RequestInput<'createKey'>, string][])('refuses %j with %s and writes nothing', async (input, code) => {
    const { keystore, records, newKey } = await openKeystore()
    expect(await codeOf(newKey(input))).toBe(code)
    expect(records.audit).toEqual([])
    expect((await keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', {}))).totalCount).toBe(0)
  })

  it('names the field when a spec cannot sign', async () => {
    const { newKey } = await openKeystore()
    const refusal = await newKey({ keyUsage: 'SIGN/VERIFY' }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ details: { fields: [{ field: 'keyUsage', problem: expect.stringContaining('ENCRYPT/DECRYPT') }] } })
  })

  it.each([
    ['Aliyun_AES_256', 'ENCRYPT/DECRYPT', 32, false],
    ['Aliyun_AES_192', 'ENCRYPT/DECRYPT', 24, false],
    ['Aliyun_AES_128', 'ENCRYPT/DECRYPT', 16, false],
    ['Aliyun_SM4', 'ENCRYPT/DECRYPT', 16, false],
    ['HMAC_SHA_384', 'GENERATE_VERIFY_MAC', 48, false],
    ['RSA_2048', 'SIGN/VERIFY', null, true],
    ['EC_P256', 'SIGN/VERIFY', 32, true],
    ['EC_P256K', 'SIGN/VERIFY', 32, true],
    ['EC_P384', 'SIGN/VERIFY', 48, true],
    ['EC_SM2', 'SIGN/VERIFY', 32, true],
    ['Ed25519', 'SIGN/VERIFY', 32, true],
  ] as const)('makes a key of the spec %s for %s', async (keySpec, keyUsage, bytes, hasPublicKey) => {
    const { newKey, records } = await openKeystore()
    const metadata = await newKey({ keySpec })
    expect(metadata).toMatchObject({ keySpec, keyUsage, keyState: 'Enabled' })
    expect('primaryKeyVersion' in metadata).toBe(keyUsage === 'ENCRYPT/DECRYPT')
    const [material] = await records.list('key-material')
    if (bytes !== null) expect(material?.bytes).toHaveLength(1 + bytes)
    expect((await records.list('public-key')).map(({ id, parentId }) => [id, parentId])).toEqual(hasPublicKey ? [[material?.id, metadata.keyId]] : [])
  })

  it('keeps everything that was asked for, over a lock', async () => {
    const { keystore, newKey, records } = await openKeystore()
    const policy = '{"Version":"1","Statement":[{"Effect":"Deny","Principal":{"RAM":"*"},"Action":"kms:Decrypt","Resource":"*"}]}'
    const made = await newKey({
      enableAutomaticRotation: true,
      rotationInterval: '30d',
      tags: [{ TagKey: 'team', TagValue: 'a' }, { TagKey: 'env', TagValue: '' }],
      policy,
      dKMSInstanceId: records.vaultId,
    })
    expect(made).toMatchObject({ automaticRotation: 'Enabled', rotationInterval: '2592000s', nextRotationDate: '2026-10-01T12:00:00Z' })
    const signing = await newKey({ keySpec: 'RSA_2048', keyUsage: 'ENCRYPT/DECRYPT', exportable: true })
    expect(signing).toMatchObject({ keyUsage: 'ENCRYPT/DECRYPT', exportable: true })
    keystore.unload()
    await keystore.load(records)
    for (const metadata of [made, signing]) {
      expect((await keystore.run('describeKey', callerOf('describeKey'), describeOf(metadata.keyId))).keyMetadata).toEqual(metadata)
    }
    expect((await keystore.run('getKeyPolicy', callerOf('getKeyPolicy'), parsed('getKeyPolicy', { keyId: made.keyId }))).policy).toBe(policy)
    expect((await keystore.run('listResourceTags', callerOf('x'), { keyId: made.keyId })).tags).toEqual([
      { TagKey: 'env', TagValue: '', keyId: made.keyId },
      { TagKey: 'team', TagValue: 'a', keyId: made.keyId },
    ])
  })

  it('lets a key of origin EXTERNAL wait for its material', async () => {
    const { newKey, records } = await openKeystore()
    const metadata = await newKey({ origin: 'EXTERNAL', keySpec: 'Aliyun_SM4' })
    expect(metadata).toMatchObject({ origin: 'EXTERNAL', keyState: 'PendingImport', automaticRotation: 'Disabled', materialExpireTime: '' })
    expect(metadata.primaryKeyVersion).toMatch(new RegExp(`^${metadata.keyId}-`))
    expect(await records.list('key-material')).toEqual([])
  })

  it('leaves memory alone when the transaction fails', async () => {
    const { keystore, records, newKey } = await openKeystore()
    const seen: (string | null)[] = []
    keystore.onChange((keyId) => seen.push(keyId))
    records.failNextCommit(writeFailed)
    expect(await codeOf(newKey())).toBe('VAULT_WRITE_FAILED')
    expect((await keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', {}))).keys).toEqual([])
    expect(await records.list('key-material')).toEqual([])
    expect(seen).toEqual([])
  })

  it('shows a key only after its transaction is through', async () => {
    const { keystore, records, newKey } = await openKeystore()
    const release = records.holdCommits()
    const pending = newKey()
    await new Promise((resolve) => setImmediate(resolve))
    expect((await keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', {}))).totalCount).toBe(0)
    release()
    const { keyId } = await pending
    expect((await keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', {}))).keys.map((key) => key.keyId)).toEqual([keyId])
  })
})

describe('references', () => {
  it('finds a key by id, ARN, alias and alias ARN', async () => {
    const { keystore, records, newKey } = await openKeystore()
    const { keyId, arn } = await newKey()
    await keystore.run('createAlias', callerOf('createAlias'), alias('alias/app', keyId))
    for (const reference of [keyId, arn, 'alias/app', `acs:kms:local:${records.vaultId}:alias/app`]) {
      expect((await keystore.run('describeKey', callerOf('describeKey'), describeOf(reference))).keyMetadata.keyId).toBe(keyId)
    }
  })

  it.each([
    ['key-unknownunknownunknown', 'KEY_NOT_FOUND'],
    ['nonsense', 'KEY_NOT_FOUND'],
    ['ALIAS/app', 'KEY_NOT_FOUND'],
    ['alias/App', 'ALIAS_NOT_FOUND'],
    ['alias/', 'ALIAS_NOT_FOUND'],
    ['acs:kms', 'KEY_NOT_FOUND'],
    ['acs:kms:local:00000000-0000-4000-8000-000000000000:alias/app', 'ALIAS_NOT_FOUND'],
    ['__proto__', 'KEY_NOT_FOUND'],
  ])('%s: %s', async (reference, code) => {
    const { keystore, newKey } = await openKeystore()
    await keystore.run('createAlias', callerOf('createAlias'), alias('alias/app', (await newKey()).keyId))
    expect(await codeOf(keystore.run('describeKey', callerOf('describeKey'), describeOf(reference)))).toBe(code)
  })

  it('does not take the ARN of another vault, region or account', async () => {
    const { keystore, records, newKey } = await openKeystore()
    const { keyId } = await newKey()
    for (const place of ['local:00000000-0000-4000-8000-000000000000', `cn-hangzhou:${records.vaultId}`]) {
      expect(await codeOf(keystore.run('describeKey', callerOf('describeKey'), describeOf(`acs:kms:${place}:key/${keyId}`)))).toBe('KEY_NOT_FOUND')
    }
  })
})

describe('updateKeyDescription', () => {
  it('replaces the whole text, by alias as well, and survives a lock', async () => {
    const { keystore, records, newKey } = await openKeystore()
    const { keyId } = await newKey({ description: 'old' })
    await keystore.run('createAlias', callerOf('createAlias'), alias('alias/app', keyId))
    await keystore.run('updateKeyDescription', callerOf('updateKeyDescription'), parsed('updateKeyDescription', { keyId: 'alias/app', description: 'новый 🔑' }))
    keystore.unload()
    await keystore.load(records)
    expect((await keystore.run('describeKey', callerOf('describeKey'), describeOf(keyId))).keyMetadata.description).toBe('новый 🔑')
    expect(records.audit.at(-1)).toEqual({ caller: callerOf('updateKeyDescription'), resource: keyId, code: null })
  })

  it('leaves memory alone when the transaction fails, and audits the refusal', async () => {
    const { keystore, records, newKey, use } = await openKeystore()
    const { keyId } = await newKey({ description: 'old' })
    records.failNextCommit(writeFailed)
    const caller = callerOf('updateKeyDescription')
    expect(await codeOf(keystore.run('updateKeyDescription', caller, { keyId, description: 'new' }))).toBe('VAULT_WRITE_FAILED')
    expect((await keystore.run('describeKey', callerOf('describeKey'), describeOf(keyId))).keyMetadata.description).toBe('old')
    expect(use.calls).toEqual([{ caller, resource: keyId, code: 'VAULT_WRITE_FAILED' }])
  })

  it('does both of two changes at the same time', async () => {
    const { keystore, newKey } = await openKeystore()
    const { keyId } = await newKey()
    await Promise.all([
      keystore.run('updateKeyDescription', callerOf('updateKeyDescription'), { keyId, description: 'new' }),
      keystore.run('createAlias', callerOf('createAlias'), alias('alias/app', keyId)),
    ])
    const { rows } = await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', {}))
    expect(rows).toMatchObject([{ description: 'new', aliases: ['app'] }])
  })
})

describe('createAlias', () => {
  it('gives a key several names and keeps them over a lock', async () => {
    const { keystore, records, newKey } = await openKeystore()
    const { keyId } = await newKey()
    for (const name of ['alias/b', 'alias/a/1', 'alias/B']) await keystore.run('createAlias', callerOf('createAlias'), alias(name, keyId))
    keystore.unload()
    await keystore.load(records)
    const { aliases } = await keystore.run('listAliases', callerOf('listAliases'), parsed('listAliases', {}))
    expect(aliases.map((item) => item.aliasName)).toEqual(['alias/B', 'alias/a/1', 'alias/b'])
    expect(aliases[0]).toEqual({ aliasName: 'alias/B', aliasArn: `acs:kms:local:${records.vaultId}:alias/B`, keyId })
  })

  it('refuses a taken name, whichever key has it, also when asked for at the same time', async () => {
    const { keystore, newKey, use } = await openKeystore()
    const [one, two] = [await newKey(), await newKey()]
    const caller = callerOf('createAlias')
    const answers = await Promise.allSettled([keystore.run('createAlias', caller, alias('alias/x', one.keyId)), keystore.run('createAlias', caller, alias('alias/x', two.keyId))])
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected'])
    expect(await codeOf(keystore.run('createAlias', caller, alias('alias/x', one.keyId)))).toBe('ALIAS_EXISTS')
    expect(use.calls.map(({ resource, code }) => [resource, code])).toEqual([[two.keyId, 'ALIAS_EXISTS'], [one.keyId, 'ALIAS_EXISTS']])
  })

  it.each(['', 'x', 'alias/', 'alias/a b', 'alias/acs/x', `alias/${'x'.repeat(256)}`])('refuses %j as aliasName', async (aliasName) => {
    const { keystore, newKey } = await openKeystore()
    const { keyId } = await newKey()
    const refusal = await keystore.run('createAlias', callerOf('createAlias'), alias(aliasName, keyId)).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'INVALID_PARAMETER', details: { fields: [{ field: 'aliasName' }] } })
  })

  it('refuses an unknown key', async () => {
    const { keystore } = await openKeystore()
    expect(await codeOf(keystore.run('createAlias', callerOf('createAlias'), alias('alias/x', 'key-unknownunknownunknown')))).toBe('KEY_NOT_FOUND')
  })

  it('leaves memory alone when the transaction fails', async () => {
    const { keystore, records, newKey } = await openKeystore()
    const { keyId } = await newKey()
    records.failNextCommit(writeFailed)
    expect(await codeOf(keystore.run('createAlias', callerOf('createAlias'), alias('alias/x', keyId)))).toBe('VAULT_WRITE_FAILED')
    expect((await keystore.run('listAliases', callerOf('listAliases'), parsed('listAliases', {}))).totalCount).toBe(0)
    await keystore.run('createAlias', callerOf('createAlias'), alias('alias/x', keyId))
  })
})

describe('lock and load', () => {
  it('answers VAULT_LOCKED before load and after unload', async () => {
    const { keystore, newKey } = await openKeystore()
    const { keyId } = await newKey()
    keystore.unload()
    const answers = [
      newKey(),
      keystore.run('describeKey', callerOf('describeKey'), describeOf(keyId)),
      keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', {})),
      keystore.run('updateKeyDescription', callerOf('x'), { keyId, description: '' }),
      keystore.run('createAlias', callerOf('x'), alias('alias/x', keyId)),
      keystore.run('listAliases', callerOf('listAliases'), parsed('listAliases', {})),
      keystore.run('encrypt', callerOf('x'), { keyId, plaintext: Uint8Array.of(1) }),
      keystore.run('decrypt', callerOf('x'), { ciphertextBlob: Uint8Array.of(1) }),
      keystore.run('generateDataKey', callerOf('x'), { keyId }),
      keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', {})),
    ]
    for (const answer of answers) expect(await codeOf(answer)).toBe('VAULT_LOCKED')
    await keystore.flush()
  })

  it('tells listeners of each change, and goes on when one fails', async () => {
    const { keystore, newKey } = await openKeystore()
    const seen: (string | null)[] = []
    keystore.onChange(() => {
      throw new Error('listener')
    })
    const stop = keystore.onChange((keyId) => seen.push(keyId))
    const { keyId } = await newKey()
    await keystore.run('createAlias', callerOf('createAlias'), alias('alias/x', keyId))
    await keystore.run('updateKeyDescription', callerOf('updateKeyDescription'), { keyId: 'alias/x', description: 'x' })
    keystore.unload()
    stop()
    expect(seen).toEqual([keyId, keyId, keyId, null])
  })

  it('has nothing of one vault after another was opened', async () => {
    const { keystore, newKey } = await openKeystore()
    const { keyId } = await newKey()
    keystore.unload()
    await keystore.load(new MemoryRecords('0d9d3b53-0000-4000-8000-000000000002'))
    expect(await codeOf(keystore.run('describeKey', callerOf('describeKey'), describeOf(keyId)))).toBe('KEY_NOT_FOUND')
  })
})
