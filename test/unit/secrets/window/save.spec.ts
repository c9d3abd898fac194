import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packValues } from '../../../../src-shared/model/packed-values'
import { bytesOf } from '../../../support/secrets-fixture'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { formOf, login, useSecretWindow, type FormField } from './support'

const at = useTemporaryFolder()
const { call, save, edit, reveal, codeFor, versionsOf, auditOf, clock, relock } = useSecretWindow(at)
const otpauth = 'otpauth://totp/Example:anna?secret=JBSWY3DPEHPK3PXP&issuer=Example'

describe('saveSecret makes a secret', () => {
  it('of fields, as one flat JSON object of strings that every program can read', async () => {
    const fields = [...login('anna', 'hunter"2\\\n密码'), { name: 'totp', text: otpauth, kind: 'totp' as const }, { name: 'notes', text: '', kind: 'multiline' as const }]
    expect(await save('web/mail', fields, { description: 'Mail', tags: [{ TagKey: 'env', TagValue: 'prod' }], isFavourite: true, expiryDate: '2027-01-31' })).toEqual({ secretName: 'web/mail', versionId: 'v1' })
    expect(JSON.parse(await reveal('web/mail'))).toEqual({ username: 'anna', password: 'hunter"2\\\n密码', totp: otpauth, notes: '' })
    await relock()
    const { row, fields: views, versions, dataType } = await call('getSecretDetails', { secretName: 'web/mail' })
    expect(row).toMatchObject({ template: 'login', description: 'Mail', subtitle: 'anna', currentVersionId: 'v1', isFavourite: true, expiryDate: '2027-01-31T00:00:00Z', tags: [{ key: 'env', value: 'prod' }] })
    expect(views).toEqual([
      { name: 'username', kind: 'text', isSecret: false, value: 'anna', hasValue: true },
      { name: 'password', kind: 'password', isSecret: true, value: null, hasValue: true },
      { name: 'totp', kind: 'totp', isSecret: true, value: null, hasValue: true },
      { name: 'notes', kind: 'multiline', isSecret: true, value: null, hasValue: false },
    ])
    expect([versions.length, dataType]).toEqual([1, 'text'])
  })

  it('under the key that is named, or the default key of secrets', async () => {
    const { keyMetadata } = await call('createKey', {})
    await save('a', login('x', 'y'), { encryptionKeyId: keyMetadata.keyId })
    await save('b', login('x', 'y'))
    expect(await call('getSecretDetails', { secretName: 'a' })).toMatchObject({ encryptionKeyId: keyMetadata.keyId, encryptionKeyName: keyMetadata.keyId })
    expect(await call('getSecretDetails', { secretName: 'b' })).toMatchObject({ encryptionKeyName: 'acs/secrets' })
    expect(await codeFor('saveSecret', { name: 'c', template: null, ...formOf(login('x', 'y')), encryptionKeyId: 'alias/none' })).toBe('ALIAS_NOT_FOUND')
  })

  it('and refuses names that are taken or not allowed, and fields that do not fit', async () => {
    const refuse = (fields: FormField[], more = {}) => codeFor('saveSecret', { name: 'new', template: 'login', ...formOf(fields), ...more })
    await save('taken', login('a', 'b'))
    await save('gone', login('a', 'b'))
    await call('deleteSecret', { secretName: 'gone' })
    expect(await refuse(login('a', 'b'), { name: 'taken' })).toBe('SECRET_EXISTS')
    expect(await refuse(login('a', 'b'), { name: 'gone' })).toBe('SECRET_IN_DELETE_WINDOW')
    for (const name of ['a b', '/a', 'acs/x', 'a//b']) expect(await refuse(login('a', 'b'), { name })).toBe('INVALID_PARAMETER')
    expect(await refuse(login('a', null))).toBe('INVALID_PARAMETER')
    expect(await refuse(login('a', 'b', [{ name: 'password', text: 'c' }]))).toBe('INVALID_PARAMETER')
    expect(await refuse([{ name: 'totp', text: 'JBSWY3DPEHPK3PXP', kind: 'totp' }])).toBe('INVALID_PARAMETER')
    expect(await refuse([{ name: 'day', text: '31.1.2027', kind: 'date' }])).toBe('INVALID_PARAMETER')
    expect(await refuse(login('a', 'b'.repeat(30_720)))).toBe('INVALID_PARAMETER')
    expect(await refuse(login('a', 'b'), { expiryDate: 'tomorrow' })).toBe('INVALID_PARAMETER')
    expect(await refuse(login('a', 'b'), { tags: [{ TagKey: 'a b', TagValue: '' }] })).toBe('INVALID_PARAMETER')
    expect(await refuse([{ name: '1A', text: 'x' }], { template: 'env' })).toBe('INVALID_PARAMETER')
    const fields = formOf(login('a', 'b')).fields
    for (const values of [packValues([bytesOf('a')]), packValues([bytesOf('a'), bytesOf('b'), bytesOf('c')]), bytesOf('xyz'), packValues([bytesOf('a'), Uint8Array.of(0xff)])]) {
      expect(await codeFor('saveSecret', { name: 'new', template: 'login', fields, values })).toBe('INVALID_PARAMETER')
    }
    expect((await call('searchSecrets', {})).rows.map(({ secretName }) => secretName)).toEqual(['taken'])
  })
})

describe('saveSecret changes a secret', () => {
  it('with a new version, which becomes current, and keeps the old one', async () => {
    await save('a', login('anna', 'one'))
    expect(await edit('a', login('anna', 'two'))).toEqual({ secretName: 'a', versionId: 'v2' })
    expect(await edit('a', login('anna', 'three'))).toEqual({ secretName: 'a', versionId: 'v3' })
    expect(await versionsOf('a')).toEqual(['v1', 'v2 ACSPrevious', 'v3 ACSCurrent'])
    const passwords = await Promise.all(['v1', 'v2', 'v3'].map((versionId) => reveal('a', { versionId, field: 'password' })))
    expect(passwords).toEqual(['one', 'two', 'three'])
  })

  it('keeps fields that are not given, under the same name or another', async () => {
    await save('a', login('anna', 'one "quoted"', [{ name: 'notes', text: 'line\nline' }]))
    await edit('a', [{ name: 'username', text: 'berta', kind: 'text', isSecret: false }, { name: 'secret', text: null, from: 'password' }, { name: 'notes', text: null }])
    expect(JSON.parse(await reveal('a'))).toEqual({ username: 'berta', secret: 'one "quoted"', notes: 'line\nline' })
    expect(await codeFor('saveSecret', { existing: 'a', name: 'a', template: null, ...formOf([{ name: 'password', text: null }]) })).toBe('INVALID_PARAMETER')
    expect(await versionsOf('a')).toEqual(['v1 ACSPrevious', 'v2 ACSCurrent'])
  })

  it('makes no version when no value and no name of a field differs', async () => {
    await save('a', login('anna', 'one'))
    expect(await edit('a', login('anna', 'one'))).toEqual({ secretName: 'a', versionId: 'v1' })
    expect(await edit('a', login('anna', null), { description: 'changed', tags: [{ TagKey: 't', TagValue: 'v' }] })).toEqual({ secretName: 'a', versionId: 'v1' })
    // The order, the kind and whether it is secret are no values.
    await edit('a', [{ name: 'password', text: null, kind: 'multiline' }, { name: 'username', text: null, kind: 'text' }])
    const { row, fields } = await call('getSecretDetails', { secretName: 'a' })
    expect(row).toMatchObject({ description: '', versions: 1, subtitle: null })
    expect(fields?.map(({ name, kind, isSecret, value }) => [name, kind, isSecret, value])).toEqual([['password', 'multiline', true, null], ['username', 'text', true, null]])
    expect(await reveal('a', { field: 'username' })).toBe('anna')
    await relock()
    expect((await call('getSecretDetails', { secretName: 'a' })).fields).toEqual(fields)
  })

  it('writes nothing when nothing differs', async () => {
    await save('a', login('anna', 'one'))
    const before = (await call('getSecretDetails', { secretName: 'a' })).row.updateTime
    clock().passDays(1)
    await edit('a', login('anna', null))
    expect((await call('getSecretDetails', { secretName: 'a' })).row.updateTime).toBe(before)
    expect(await auditOf('saveSecret')).toEqual([['a', null]])
  })

  it('can give it another name in the same step, and refuses one that is taken without changing anything', async () => {
    await save('a', login('anna', 'one'))
    await save('b', login('berta', 'two'))
    expect(await codeFor('saveSecret', { existing: 'a', name: 'b', template: 'login', ...formOf(login('anna', 'new')) })).toBe('SECRET_EXISTS')
    expect([await reveal('a', { field: 'password' }), await versionsOf('a')]).toEqual(['one', ['v1 ACSCurrent']])
    expect(await save('c/d', login('anna', 'new'), { existing: 'a' })).toEqual({ secretName: 'c/d', versionId: 'v2' })
    expect([await codeFor('getSecretDetails', { secretName: 'a' }), await reveal('c/d', { field: 'password' })]).toEqual(['SECRET_NOT_FOUND', 'new'])
  })

  it('refuses when another version is current by now, or the secret is in the recycle bin', async () => {
    await save('a', login('anna', 'one'))
    await edit('a', login('anna', 'two'), { basedOnVersionId: 'v1' })
    expect(await codeFor('saveSecret', { existing: 'a', name: 'a', template: 'login', ...formOf(login('anna', 'three')), basedOnVersionId: 'v1' })).toBe('SECRET_CHANGED')
    await call('deleteSecret', { secretName: 'a' })
    expect(await codeFor('saveSecret', { existing: 'a', name: 'a', template: 'login', ...formOf(login('anna', 'three')) })).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await codeFor('saveSecret', { existing: 'none', name: 'a', template: 'login', ...formOf(login('anna', 'three')) })).toBe('SECRET_NOT_FOUND')
    expect(await auditOf('saveSecret')).toEqual([['a', null], ['a', null], ['a', 'SECRET_CHANGED'], ['a', 'SECRET_IN_DELETE_WINDOW'], ['none', 'SECRET_NOT_FOUND']])
  })

  it('leaves a value that is no set of fields alone, until fields are given', async () => {
    await call('createSecret', { secretName: 'plain', versionId: 'first', secretData: bytesOf('just text') })
    await edit('plain', [], { description: 'told', template: null })
    expect([await reveal('plain'), (await call('getSecretDetails', { secretName: 'plain' })).row.description]).toEqual(['just text', 'told'])
    await edit('plain', login('anna', 'one'))
    expect(await versionsOf('plain')).toEqual(['first ACSPrevious', 'v2 ACSCurrent'])
  })

  it('refuses the fields of a managed secret, whose versions its rotation makes, and changes the rest', async () => {
    const extendedConfig = JSON.stringify({ SecretSubType: 'SingleUser', DBInstanceId: 'local' })
    await call('createSecret', { secretName: 'db', secretType: 'Rds', versionId: 'v1', secretData: bytesOf('{"Accounts":[{"AccountName":"app","AccountPassword":"one"}]}'), extendedConfig })
    const fields: FormField[] = [{ name: 'AccountName', text: null, kind: 'text', isSecret: false }, { name: 'AccountPassword', text: null }]
    await edit('db', fields, { template: null, description: 'told' })
    expect((await call('getSecretDetails', { secretName: 'db' })).row).toMatchObject({ description: 'told', versions: 1, secretType: 'Rds' })
    expect(await codeFor('saveSecret', { existing: 'db', name: 'db', template: null, ...formOf([{ name: 'AccountPassword', text: 'two' }]) })).toBe('UNSUPPORTED_OPERATION')
  })

  it('never drops a version that has a stage, and at ten versions the oldest without one', async () => {
    await save('a', login('anna', '1'))
    for (let number = 2; number <= 12; number++) await edit('a', login('anna', String(number)))
    expect(await versionsOf('a')).toEqual([...[3, 4, 5, 6, 7, 8, 9, 10].map((number) => `v${number}`), 'v11 ACSPrevious', 'v12 ACSCurrent'])
  })
})

describe('values of any text', () => {
  it('come back as they were given, also when they are kept through edits', async () => {
    const anyText = fc.string({ unit: fc.oneof(fc.constantFrom('"', '\\', '\n', '\t', '\u0001', '/', 'a', 'é', '钥', '🔑', '\u2028'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), maxLength: 40 }).filter((text) => text.isWellFormed())
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.dictionary(anyText.filter((name) => name !== '' && name !== '__proto__' && !name.includes('\0')), anyText, { minKeys: 1, maxKeys: 5 }), async (values) => {
        const name = `any/${number++}`
        const fields = Object.entries(values).map(([field, text]) => ({ name: field, text }))
        await save(name, fields, { template: null })
        expect(JSON.parse(await reveal(name))).toEqual(values)
        await edit(name, [...fields.map((field) => ({ ...field, text: null })), { name: `${fields[0]?.name}+`, text: 'more' }], { template: null })
        for (const { name: field, text } of fields) expect(await reveal(name, { field })).toBe(text)
      }),
      { numRuns: 40 },
    )
  })
})
