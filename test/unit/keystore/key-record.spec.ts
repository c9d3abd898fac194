import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src-main/crypto/bytes'
import { decodeKeyRecord, encodeKeyRecord, type KeyRecord } from '../../../src-main/keystore/key-record'
import { plainKey } from '../../../src-main/keystore/key-record-extras'
import { callerOf, codeOf, openKeystore, parsed } from '../../support/keystore-fixture'

describe('the row of a key', () => {
  it.each([
    ['not JSON', () => new TextEncoder().encode('['), 'VAULT_DAMAGED'],
    ['not UTF-8', () => Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d), 'VAULT_DAMAGED'],
    ['an object', () => new TextEncoder().encode('{"0":1,"length":14}'), 'VAULT_DAMAGED'],
    ['another version', (row) => edited(row, 0, 0), 'VAULT_DAMAGED'],
    ['a newer version', (row) => edited(row, 0, 3), 'VAULT_NEWER_VERSION'],
    ['a newer version and more fields', (row) => edited(edited(row, 0, 3), 15, {}), 'VAULT_NEWER_VERSION'],
    ['the first version and a field more', (row) => edited(row, 0, 1), 'VAULT_DAMAGED'],
    ['one field more', (row) => edited(row, 15, 1), 'VAULT_DAMAGED'],
    ['extras that are no object', (row) => edited(row, 14, []), 'VAULT_DAMAGED'],
    ['an unknown extra', (row) => edited(row, 14, { z: 1 }), 'VAULT_DAMAGED'],
    ['bad tags', (row) => edited(row, 14, { t: [['a b', '']] }), 'VAULT_DAMAGED'],
    ['a bad rotation', (row) => edited(row, 14, { r: [true, 1] }), 'VAULT_DAMAGED'],
    ['a bad time of deletion', (row) => edited(row, 14, { d: 'soon' }), 'VAULT_DAMAGED'],
    ['a bad deletion protection', (row) => edited(row, 14, { p: 1 }), 'VAULT_DAMAGED'],
    ['bad imported material', (row) => edited(row, 14, { m: [1] }), 'VAULT_DAMAGED'],
    ['a bad export flag', (row) => edited(row, 14, { x: 0 }), 'VAULT_DAMAGED'],
    ['a minimum version that is none', (row) => edited(row, 14, { v: 1 }), 'VAULT_DAMAGED'],
    ['a bad policy', (row) => edited(row, 14, { k: {} }), 'VAULT_DAMAGED'],
    ['a bad instance', (row) => edited(row, 14, { i: 7 }), 'VAULT_DAMAGED'],
    ['another form of id', (row) => edited(row, 1, 'key-x'), 'VAULT_DAMAGED'],
    ['a negative ordinal', (row) => edited(row, 2, -1), 'VAULT_DAMAGED'],
    ['an unknown spec', (row) => edited(row, 3, 'Aliyun_SM5'), 'VAULT_DAMAGED'],
    ['an unknown usage', (row) => edited(row, 4, 'SIGN'), 'VAULT_DAMAGED'],
    ['an unknown origin', (row) => edited(row, 5, 'aliyun_kms'), 'VAULT_DAMAGED'],
    ['an unknown protection level', (row) => edited(row, 6, null), 'VAULT_DAMAGED'],
    ['an unknown state', (row) => edited(row, 7, 'Gone'), 'VAULT_DAMAGED'],
    ['a description that is no text', (row) => edited(row, 8, 5), 'VAULT_DAMAGED'],
    ['a creator that is no text', (row) => edited(row, 9, {}), 'VAULT_DAMAGED'],
    ['a fractional time', (row) => edited(row, 10, 1.5), 'VAULT_DAMAGED'],
    ['a primary version that is none', (row) => edited(row, 11, 1), 'VAULT_DAMAGED'],
    ['no versions', (row) => edited(row, 12, []), 'VAULT_DAMAGED'],
    ['a bad version', (row) => edited(row, 12, [['x', 1]]), 'VAULT_DAMAGED'],
    ['a version with more', (row) => edited(row, 12, [['0123456789', 1, 2]]), 'VAULT_DAMAGED'],
    ['a bad alias', (row) => edited(row, 13, ['a b']), 'VAULT_DAMAGED'],
  ] satisfies [string, (row: Uint8Array) => Uint8Array, string][])('is refused with %s', async (_name, edit, code) => {
    const { keystore, records, newKey } = await openKeystore()
    const { keyId } = await newKey()
    const row = (await records.read('key', keyId)) ?? new Uint8Array(0)
    records.plant('key', keyId, null, edit(row))
    keystore.unload()
    expect(await codeOf(keystore.load(records))).toBe(code)
    expect(await codeOf(keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', {})))).toBe('VAULT_LOCKED')
  })

  it('is refused under the id of another', async () => {
    const { keystore, records, newKey } = await openKeystore()
    const { keyId } = await newKey()
    const row = (await records.read('key', keyId)) ?? new Uint8Array(0)
    records.plant('key', 'key-unknownunknownunknown', null, row)
    expect(await codeOf(keystore.load(records))).toBe('VAULT_DAMAGED')
  })

  const goldenRecord = {
    keyId: 'key-abcdefghijklmnopqrstuvwx',
    ordinal: 7,
    keySpec: 'Aliyun_AES_256',
    keyUsage: 'ENCRYPT/DECRYPT',
    origin: 'Aliyun_KMS',
    protectionLevel: 'SOFTWARE',
    keyState: 'Enabled',
    description: 'd',
    creator: 'window',
    createdAt: 1788264000789,
    primaryVersionId: 'key-abcdefghijklmnopqrstuvwx-secondversn',
    versions: [
      { keyVersionId: 'key-abcdefghijklmnopqrstuvwx-0123456789', createdAt: 1788264000789 },
      { keyVersionId: 'key-abcdefghijklmnopqrstuvwx-secondversn', createdAt: 1788264000999 },
    ],
    aliases: ['alias/a/b'],
  } as const
  const goldenFields =
    '"key-abcdefghijklmnopqrstuvwx",7,"Aliyun_AES_256","ENCRYPT/DECRYPT","Aliyun_KMS","SOFTWARE","Enabled","d","window",' +
    '1788264000789,1,[["0123456789",1788264000789],["secondversn",1788264000999]],["a/b"]'

  it('is read for ever as version 1 wrote it', () => {
    expect(decodeKeyRecord(utf8(`[1,${goldenFields}]`))).toEqual({ ...goldenRecord, ...plainKey })
  })

  it('is read for ever as version 2 wrote it, and written so', () => {
    expect(decodeKeyRecord(utf8(`[2,${goldenFields},{}]`))).toEqual({ ...goldenRecord, ...plainKey })
    const extras =
      '{"t":[["env","prod"],["team",""]],"r":[1,2592000],"d":1790000000000,"p":"why","m":[1791000000000,"c2FsdA=="],"x":1,"v":1,"k":"policy","i":"hsm-00112233445566778899aabb"}'
    const row = utf8(`[2,${goldenFields},${extras}]`)
    const record: KeyRecord = {
      ...goldenRecord,
      tags: [{ key: 'env', value: 'prod' }, { key: 'team', value: '' }],
      rotation: { isEnabled: true, intervalSeconds: 2592000 },
      deletesAt: 1790000000000,
      deletionProtection: { isOn: true, description: 'why' },
      importedMaterial: { expiresAt: 1791000000000, fingerprint: 'c2FsdA==' },
      isExportable: true,
      minimumVersion: 1,
      policy: 'policy',
      instanceId: 'hsm-00112233445566778899aabb',
    }
    expect(decodeKeyRecord(row)).toEqual(record)
    expect(encodeKeyRecord(record)).toEqual(row)
  })
})

function edited(row: Uint8Array, field: number, value: unknown): Uint8Array {
  const fields = JSON.parse(new TextDecoder().decode(row)) as unknown[]
  fields[field] = value
  return new TextEncoder().encode(JSON.stringify(fields))
}
