import { beforeEach, describe, expect, it } from 'vitest'
import { plainSecret, decodeSecretRecord, encodeSecretRecord, type SecretRecord } from '../../../src-main/secrets/secret-record'
import { decodeValues, encodeValues, readValues } from '../../../src-main/secrets/secret-values'
import { withMasterKey } from '../../../src-main/secrets/versions'
import { changeSecret } from '../../../src-main/secrets/change-secret'
import { defaultSecretsAlias } from '../../../src-shared/model/alias'
import { callerOf, codeOf } from '../../support/keystore-fixture'
import { bytesOf, openSecrets, type OpenedSecrets } from '../../support/secrets-fixture'

let opened: OpenedSecrets
beforeEach(async () => {
  opened = await openSecrets()
})

const recordOf = (name: string) => opened.secrets.session().resolve(name).record
const rowOf = async (name: string) => (await opened.records.read('secret-values', recordOf(name).secretId)) ?? new Uint8Array()

describe('the default key of secrets', () => {
  it('is made when it is first needed, once, and protected', async () => {
    expect(opened.keystore.session().index.size).toBe(0)
    await Promise.all(['a', 'b', 'c'].map((name) => opened.create(name, name)))
    expect(opened.keystore.session().index.size).toBe(1)
    const { keyMetadata } = await opened.askKeys('describeKey', { keyId: defaultSecretsAlias })
    expect(keyMetadata).toMatchObject({ keySpec: 'Aliyun_AES_256', deletionProtection: 'Enabled' })
    expect((await opened.ask('describeSecret', { secretName: 'a' })).encryptionKeyId).toBe(keyMetadata.keyId)
    await opened.relock()
    await opened.create('d', 'd')
    expect(opened.keystore.session().index.size).toBe(1)
  })

  it('has a name that nobody can make, move or delete', async () => {
    await opened.create('a', 'x')
    const { keyId } = (await opened.askKeys('createKey', {})).keyMetadata
    expect(await codeOf(opened.askKeys('deleteAlias', { aliasName: defaultSecretsAlias }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(opened.askKeys('updateAlias', { aliasName: defaultSecretsAlias, keyId }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(opened.askKeys('createAlias', { aliasName: 'alias/acs/other', keyId }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(opened.askKeys('scheduleKeyDeletion', { keyId: defaultSecretsAlias, pendingWindowInDays: 7 }))).toBe('DELETION_PROTECTED')
    expect((await opened.askKeys('listAliases', {})).aliases.map(({ aliasName }) => aliasName)).toEqual([defaultSecretsAlias])
  })
})

describe('a chosen key', () => {
  it.each(['Aliyun_AES_256', 'Aliyun_SM4'] as const)('%s seals the values', async (keySpec) => {
    const { keyId } = (await opened.askKeys('createKey', { keySpec })).keyMetadata
    await opened.create('a', 'x', { encryptionKeyId: keyId })
    expect(await opened.valueOf('a')).toBe('x')
    expect((await opened.ask('describeSecret', { secretName: 'a' })).encryptionKeyId).toBe(keyId)
    expect(opened.keystore.session().index.byAlias(defaultSecretsAlias)).toBeNull()
  })

  it('must be there, symmetric and usable', async () => {
    expect(await codeOf(opened.create('a', 'x', { encryptionKeyId: 'none' }))).toBe('KEY_NOT_FOUND')
    expect(await codeOf(opened.create('a', 'x', { encryptionKeyId: 'alias/none' }))).toBe('ALIAS_NOT_FOUND')
    const pair = (await opened.askKeys('createKey', { keySpec: 'RSA_2048', keyUsage: 'ENCRYPT/DECRYPT' })).keyMetadata
    expect(await codeOf(opened.create('a', 'x', { encryptionKeyId: pair.keyId }))).toBe('UNSUPPORTED_OPERATION')
    const { keyId } = (await opened.askKeys('createKey', { origin: 'EXTERNAL' })).keyMetadata
    expect(await codeOf(opened.create('a', 'x', { encryptionKeyId: keyId }))).toBe('KEY_PENDING_IMPORT')
    expect((await opened.ask('listSecrets', {})).totalCount).toBe(0)
  })

  it('that is disabled or waits for its deletion neither seals nor opens', async () => {
    const { keyId } = (await opened.askKeys('createKey', {})).keyMetadata
    await opened.create('a', 'x', { encryptionKeyId: keyId })
    await opened.askKeys('disableKey', { keyId })
    expect(await opened.codeFor('getSecretValue', { secretName: 'a' })).toBe('KEY_DISABLED')
    expect(await codeOf(opened.put('a', 'v2', 'y'))).toBe('KEY_DISABLED')
    expect(opened.use.calls.filter(({ code }) => code === 'KEY_DISABLED').map(({ resource }) => resource)).toEqual(['a', 'a'])
    await opened.askKeys('enableKey', { keyId })
    await opened.askKeys('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    expect(await opened.codeFor('getSecretValue', { secretName: 'a' })).toBe('KEY_PENDING_DELETION')
    opened.clock.passDays(8)
    await opened.relock()
    expect(await opened.codeFor('getSecretValue', { secretName: 'a' })).toBe('KEY_NOT_FOUND')
  })

  it('still opens old values after it was rotated', async () => {
    const { keyId } = (await opened.askKeys('createKey', {})).keyMetadata
    await opened.create('a', 'x', { encryptionKeyId: keyId })
    await opened.askKeys('rotateKey', { keyId })
    await opened.put('a', 'v2', 'y')
    expect([await opened.valueOf('a', { versionId: 'v1' }), await opened.valueOf('a')]).toEqual(['x', 'y'])
  })

  it('can be another one later, under which all values are then', async () => {
    await opened.create('a', 'x')
    await opened.put('a', 'v2', 'y')
    const old = recordOf('a').keyId
    const { keyId } = (await opened.askKeys('createKey', { keySpec: 'Aliyun_SM4' })).keyMetadata
    const session = opened.secrets.session()
    await changeSecret(session, callerOf('changeSecret'), 'a', (record, values) => withMasterKey(session, record, values, keyId))
    await opened.askKeys('disableKey', { keyId: old })
    expect([await opened.valueOf('a', { versionId: 'v1' }), await opened.valueOf('a')]).toEqual(['x', 'y'])
  })
})

describe('sealed values', () => {
  it('open only for the secret and the version for which they were sealed', async () => {
    await opened.create('a', 'x')
    await opened.create('b', 'y')
    await opened.put('a', 'v2', 'z')
    const [a, b] = [await rowOf('a'), await rowOf('b')]
    opened.records.plant('secret-values', recordOf('a').secretId, null, b)
    expect(await opened.codeFor('getSecretValue', { secretName: 'a', versionId: 'v1' })).toBe('VAULT_DAMAGED')
    const values = decodeValues(a)
    const [first, second] = [...values.values()]
    if (!first || !second) throw new Error('two values were put')
    opened.records.plant('secret-values', recordOf('a').secretId, null, encodeValues(new Map([['v1', second], ['v2', first]])))
    expect(await opened.codeFor('getSecretValue', { secretName: 'a' })).toBe('VAULT_DAMAGED')
    opened.records.plant('secret-values', recordOf('a').secretId, null, encodeValues(new Map([['v1', { ...first, sealed: second.sealed }], ['v2', second]])))
    expect(await opened.codeFor('getSecretValue', { secretName: 'a', versionId: 'v1' })).toBe('VAULT_DAMAGED')
    opened.records.plant('secret-values', recordOf('a').secretId, null, a)
    expect(await opened.valueOf('a')).toBe('z')
  })

  it('open only as the kind of data as which they were sealed', async () => {
    await opened.create('a', 'x')
    const record = recordOf('a')
    opened.secrets.session().index.put({ ...record, versions: record.versions.map((version) => ({ ...version, dataType: 'binary' })) })
    expect(await opened.codeFor('getSecretValue', { secretName: 'a' })).toBe('VAULT_DAMAGED')
  })

  it('are told apart from rows of another form', async () => {
    await opened.create('a', 'x')
    const row = await rowOf('a')
    const { secretId } = recordOf('a')
    for (const bytes of [new Uint8Array(0), row.subarray(0, 5), row.subarray(0, -1), Uint8Array.of(...row, 0), Uint8Array.of(2, ...row.subarray(1)), Uint8Array.of(1, 0, 9, ...row.subarray(3))]) {
      opened.records.plant('secret-values', secretId, null, bytes)
      expect(await codeOf(readValues(opened.records, secretId))).toBe('VAULT_DAMAGED')
    }
    await opened.records.mutate(callerOf('x'), 'x', (tx) => tx.remove('secret-values', secretId))
    expect(await opened.codeFor('getSecretValue', { secretName: 'a' })).toBe('VAULT_DAMAGED')
  })

  it('hold nothing that is readable', async () => {
    await opened.create('a', 'Kanarienvogel')
    expect(Buffer.from(await rowOf('a')).includes('Kanarienvogel')).toBe(false)
    const metadata = await opened.records.read('secret', recordOf('a').secretId)
    expect(Buffer.from(metadata ?? []).includes('Kanarienvogel')).toBe(false)
  })
})

describe('the record of a secret', () => {
  const full: SecretRecord = {
    secretId: 'b5a1c9d2-0000-4000-8000-000000000001',
    ordinal: 7,
    name: 'prod/db',
    secretType: 'Rds',
    template: 'database',
    description: 'ä\n"',
    keyId: 'key-1',
    creator: 'window',
    createdAt: 1,
    updatedAt: 2,
    versions: [
      { versionId: 'v1', createdAt: 1, dataType: 'binary', sizeBytes: 3, stages: [] },
      { versionId: 'v2', createdAt: 2, dataType: 'text', sizeBytes: 0, stages: ['ACSCurrent', 'ACSPrevious', 'ACSPending', 'Mine', 'Other'] },
    ],
    tags: [{ key: 'a', value: '' }, { key: 'b', value: 'c' }],
    extendedConfig: { SecretSubType: 'SingleUser', CustomData: { a: 'b' } },
    policy: '{}',
    fields: [{ name: '__proto__', kind: 'totp', isSecret: true }, { name: 'user', kind: 'text', isSecret: false }],
    publicValues: new Map([['user', 'ada']]),
    isFavourite: true,
    expiresAt: 0,
    deletesAt: 2 ** 40,
    rotation: { isEnabled: true, intervalSeconds: 3600, lastRotatedAt: 5, isInvalid: true },
    hasTarget: true,
    attachments: [{ attachmentId: 'x', name: 'f.txt', sizeBytes: 9, addedAt: 8 }],
  }

  it.each([
    ['with everything', full],
    ['with nothing', { ...full, ...plainSecret, versions: [] }],
  ])('%s is read as it was written', (_what, record) => {
    expect(decodeSecretRecord(record.secretId, encodeSecretRecord(record))).toEqual(record)
  })

  it('is refused when it is of a later version or of another form', () => {
    const row = encodeSecretRecord(full)
    const code = (bytes: Uint8Array) => codeOf(Promise.resolve().then(() => decodeSecretRecord(full.secretId, bytes)))
    expect.assertions(7)
    return Promise.all([
      code(Uint8Array.of(2, ...row.subarray(1))).then((found) => expect(found).toBe('VAULT_NEWER_VERSION')),
      ...[new Uint8Array(0), Uint8Array.of(0, ...row.subarray(1)), Uint8Array.of(1, 255, ...row.subarray(2)), Uint8Array.of(1, 0, 9, ...row.subarray(3)), row.subarray(0, 20), row.subarray(0, -1)].map((bytes) =>
        code(bytes).then((found) => expect(found).toBe('VAULT_DAMAGED')),
      ),
    ])
  })

  it('that cannot be read keeps the vault closed when a later version wrote it', async () => {
    await opened.create('a', 'x')
    const { secretId } = recordOf('a')
    const row = (await opened.records.read('secret', secretId)) ?? bytesOf('')
    opened.records.plant('secret', secretId, null, Uint8Array.of(9, ...row.subarray(1)))
    expect(await codeOf(opened.relock())).toBe('VAULT_NEWER_VERSION')
  })
})
