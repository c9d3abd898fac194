import { describe, expect, it } from 'vitest'
import { fieldFaults, fieldShapes, fieldsOf, fieldsOfTemplate, givenFields, movedField, newField, savedFields, shapesDiffer, valuesDiffer, withEnvPairs } from '../../../src-renderer/features/secrets/edit/field-draft'
import { changesOf, draftFault, draftOf, emptyDraft, expiryOf, nameOf, nextVersionId, saveRequest, secretKinds, typeOf, type SecretDetails } from '../../../src-renderer/features/secrets/edit/secret-draft'
import type { SecretFieldView } from '../../../src-shared/contract/secret-window'
import { secretLimits } from '../../../src-shared/model/secrets'

const now = new Date(2026, 2, 14, 12).getTime()

const views: SecretFieldView[] = [
  { name: 'username', kind: 'text', isSecret: false, value: 'ada', hasValue: true },
  { name: 'password', kind: 'password', isSecret: true, value: null, hasValue: true },
]

const details: SecretDetails = {
  row: {
    secretName: 'work/site', secretType: 'Generic', template: 'login', description: 'Site', subtitle: 'ada', currentVersionId: 'v3', versions: 3, tags: [{ key: 'team', value: 'web' }],
    isFavourite: false, states: ['active'], createTime: '2026-01-01T00:00:00Z', updateTime: '2026-01-01T00:00:00Z', expiryDate: null, nextRotationDate: null, plannedDeleteTime: null,
  },
  arn: '', creator: 'window', encryptionKeyId: 'k-1', encryptionKeyName: 'alias/a', extendedConfig: null, fields: views, dataType: 'text', attachments: [],
  versions: ['v1', 'v2', 'v3'].map((versionId) => ({ versionId, createTime: '2026-01-01T00:00:00Z', stages: versionId === 'v3' ? ['ACSCurrent'] : [], dataType: 'text' as const, sizeBytes: 10 })),
  rotation: { isEnabled: false, intervalSeconds: null, lastRotationDate: null, nextRotationDate: null, hasTarget: false, isInvalid: false },
}

describe('a new secret', () => {
  it('begins with the fields of its template and leaves empty ones out', () => {
    const draft = emptyDraft('login', 'work')
    expect(draft.name).toBe('work/')
    expect(draft.fields.map(({ name }) => name)).toEqual(['username', 'password', 'url', 'totp', 'notes'])
    draft.name = 'work/site'
    expect(draftFault(draft, true, null, now)).toBe('noFields')
    for (const field of draft.fields) if (field.name === 'password') field.value = 'x'
    expect(draftFault(draft, true, null, now)).toBeNull()
    expect(saveRequest(draft, null)).toEqual({
      name: 'work/site', template: 'login', description: '', tags: [], isFavourite: false, expiryDate: null,
      fields: [{ name: 'password', kind: 'password', isSecret: true, isGiven: true }],
    })
    expect(givenFields(draft.fields).map(({ value }) => value)).toEqual(['x'])
  })

  it('keeps an empty value of a field that somebody named, and skips rows without anything', () => {
    const fields = [newField({ name: 'EMPTY', kind: 'password', isSecret: true }), newField({ name: '', kind: 'text', isSecret: true })]
    expect(savedFields(fields).map(({ name }) => name)).toEqual(['EMPTY'])
    expect(fieldShapes(fields)).toEqual([{ name: 'EMPTY', kind: 'password', isSecret: true, isGiven: true }])
  })

  it('is named by its type', () => {
    expect(secretKinds.map(typeOf)).toEqual(['Generic', 'Generic', 'Generic', 'Generic', 'Generic', 'Generic', 'Generic', 'Generic', 'Rds', 'RAMCredentials', 'ECS'])
    expect(emptyDraft('ECS', 'work').name).toBe('acs/ecs/')
    expect(emptyDraft('login', 'acs/ecs').name).toBe('')
    const key = emptyDraft('RAMCredentials')
    key.managed.user = ' deploy '
    expect(nameOf(key, null)).toBe('acs/ram/user/deploy')
    expect(draftFault(key, true, null, now)).toBe('incomplete')
    Object.assign(key.managed, { accessKeyId: 'AK', secret: 's' })
    expect(draftFault(key, true, null, now)).toBeNull()
  })

  it.each([
    ['', 'nameFault'], ['a//b', 'nameFault'], ['acs/x', 'nameFault'], ['a b', 'nameFault'], ['x'.repeat(secretLimits.nameChars + 1), 'nameFault'], ['a/b', 'noValue'],
  ])('%j: %s', (name, fault) => {
    expect(draftFault({ ...emptyDraft('plain'), name }, true, null, now)).toBe(fault)
  })

  it('is refused for what is too large, for tags and for days that are over', () => {
    const draft = { ...emptyDraft('plain'), name: 'a' }
    draft.plain = { value: 'é'.repeat(secretLimits.dataBytes / 2), isKept: false }
    expect(draftFault(draft, true, null, now)).toBeNull()
    expect(draftFault(draft, false, null, now)).toBe('tagFault')
    expect(draftFault({ ...draft, expiryDay: '2026-03-13' }, true, null, now)).toBe('expiryFault')
    draft.plain.value += 'x'
    expect(draftFault(draft, true, null, now)).toBe('tooLarge')
  })

  it('expires with the end of its last day, here', () => {
    const draft = { ...emptyDraft('plain'), expiryDay: '2026-04-01' }
    expect(Date.parse(expiryOf(draft, null) ?? '')).toBe(new Date(2026, 3, 1, 23, 59, 59).getTime())
  })
})

describe('a secret that is edited', () => {
  it('changes nothing as it is loaded, and loads no secret value', () => {
    const draft = draftOf(details)
    expect(draft.fields.map(({ name, value, isKept }) => [name, value, isKept])).toEqual([['username', 'ada', false], ['password', '', true], ['url', '', false], ['totp', '', false], ['notes', '', false]])
    expect(changesOf(draft, details)).toEqual({ value: false, renamed: false, other: false })
    expect(draftFault(draft, true, details, now)).toBeNull()
    expect(saveRequest(draft, details)).toMatchObject({ existing: 'work/site', basedOnVersionId: 'v3', tags: [{ TagKey: 'team', TagValue: 'web' }] })
    expect(fieldShapes(draft.fields)).toEqual([
      { name: 'username', kind: 'text', isSecret: false, isGiven: false, from: 'username' },
      { name: 'password', kind: 'password', isSecret: true, isGiven: false, from: 'password' },
    ])
  })

  it('tells a new value from a new order, a new name and what is around', () => {
    const value = draftOf(details)
    Object.assign(value.fields[1] ?? {}, { isKept: false, value: 'new' })
    expect(changesOf(value, details)).toEqual({ value: true, renamed: false, other: false })
    expect(givenFields(value.fields).map(({ name }) => name)).toEqual(['password'])

    const order = draftOf(details)
    order.fields = movedField(order.fields, 1, 0)
    expect(changesOf(order, details)).toEqual({ value: false, renamed: false, other: true })
    expect(changesOf({ ...draftOf(details), name: 'work/other' }, details)).toEqual({ value: false, renamed: true, other: false })
    expect(changesOf({ ...draftOf(details), tags: [] }, details)).toEqual({ value: false, renamed: false, other: true })
    expect(changesOf({ ...draftOf(details), keyId: 'k-2' }, details)).toEqual({ value: false, renamed: false, other: true })
  })

  it('keeps the value of a field under another name', () => {
    const fields = fieldsOf([{ name: 'token', kind: 'password', isSecret: true, value: null, hasValue: true }], null)
    for (const field of fields) field.name = 'api_token'
    expect(fieldShapes(fields)).toEqual([{ name: 'api_token', kind: 'password', isSecret: true, isGiven: false, from: 'token' }])
    expect(valuesDiffer(fields, [{ name: 'token', kind: 'password', isSecret: true, value: null, hasValue: true }])).toBe(true)
  })

  it('leaves a field out that was removed, and a template field that was emptied', () => {
    const fields = fieldsOf(views, 'login')
    for (const field of fields) if (field.name === 'username') field.value = ''
    expect(fieldShapes(fields).map(({ name }) => name)).toEqual(['password'])
    expect(shapesDiffer(fields, views)).toBe(true)
  })

  it('keeps an expiry to the second that was not touched', () => {
    const dated = { ...details, row: { ...details.row, expiryDate: '2026-06-01T10:11:12Z' } }
    expect(expiryOf(draftOf(dated), dated)).toBe('2026-06-01T10:11:12Z')
    expect(changesOf(draftOf(dated), dated).other).toBe(false)
    const past = { ...details, row: { ...details.row, expiryDate: '2020-06-01T10:11:12Z' } }
    expect(draftFault(draftOf(past), true, past, now)).toBeNull()
  })
})

describe('fields', () => {
  const named = (name: string, more = {}) => newField({ name, kind: 'password', isSecret: true }, { value: 'x', ...more })

  it('say what is wrong with them', () => {
    const fields = [named('a'), named('a'), named(''), named('x'.repeat(secretLimits.fieldNameChars + 1)), newField({ name: 'code', kind: 'totp', isSecret: true }, { value: 'not a secret' })]
    expect(fields.map(({ id }) => fieldFaults(fields, null).get(id) ?? null)).toEqual([null, 'duplicate', 'unnamed', 'longName', 'totp'])
    const variables = [named('GOOD_1'), named('1BAD'), named('with space')]
    expect(variables.map(({ id }) => fieldFaults(variables, 'env').get(id) ?? null)).toEqual([null, 'variableName', 'variableName'])
    expect(fieldFaults(variables, 'login').size).toBe(0)
  })

  it('are moved within their bounds', () => {
    const fields = [named('a'), named('b'), named('c')]
    const names = (index: number, to: number) => movedField(fields, index, to).map(({ name }) => name).join('')
    expect([names(0, 1), names(2, 0), names(0, -1), names(2, 3)]).toEqual(['bac', 'cab', 'abc', 'abc'])
  })

  it('take the lines of an .env text: known names get the value, others are added', () => {
    const fields = withEnvPairs([named('A', { from: 'A', isKept: true, value: '' }), newField({ name: '', kind: 'text', isSecret: true })], [{ name: 'A', value: '1' }, { name: 'KEY', value: 'one\ntwo' }])
    expect(fields.map(({ name, kind, value, isKept }) => [name, kind, value, isKept])).toEqual([['A', 'password', '1', false], ['KEY', 'multiline', 'one\ntwo', false]])
  })

  it('of a template have names that are fixed', () => {
    expect(fieldsOfTemplate('database').every(({ isOfTemplate }) => isOfTemplate)).toBe(true)
    expect(fieldsOfTemplate('env')).toEqual([])
  })
})

describe('the next version', () => {
  it.each([
    [[], 'v1'], [['v1'], 'v2'], [['v1', 'v9', 'v10'], 'v11'], [['a', 'b'], 'v3'], [['00000000-0000-4000-8000-000000000000'], 'v2'],
  ])('after %j is %s', (ids, next) => {
    expect(nextVersionId(ids)).toBe(next)
  })
})
