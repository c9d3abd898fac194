import { beforeEach, describe, expect, it } from 'vitest'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { codeOf } from '../../support/keystore-fixture'
import { bytesOf, openSecrets, textOf, type OpenedSecrets } from '../../support/secrets-fixture'

let opened: OpenedSecrets
beforeEach(async () => {
  opened = await openSecrets()
})

type Managed = 'Rds' | 'RAMCredentials' | 'ECS'

const configs = {
  Rds: { SecretSubType: 'SingleUser', DBInstanceId: 'rm-1' },
  RAMCredentials: { SecretSubType: 'RamUserAccessKey', UserName: 'ada' },
  ECS: { SecretSubType: 'Password', RegionId: 'local', InstanceId: 'i-1' },
} as const
const names = { Rds: 'db/main', RAMCredentials: '$Auto', ECS: 'acs/ecs/one' } as const
const account = (name: string, password: string) => ({ AccountName: name, AccountPassword: password })
const values = {
  Rds: { Accounts: [account('app', 'pä"ss')] },
  RAMCredentials: { AccessKeys: [{ AccessKeyId: 'LTAI', AccessKeySecret: 'sEcret' }] },
  ECS: { Password: 'pass', UserName: 'root' },
} as const

const create = (secretType: Managed, more: { config?: object; value?: unknown } & Partial<RequestInput<'createSecret'>> = {}) => {
  const { config, value, ...input } = more
  return opened.ask('createSecret', {
    secretName: names[secretType],
    secretType,
    versionId: 'v1',
    secretData: bytesOf(typeof value === 'string' ? value : JSON.stringify(value ?? values[secretType], null, 1)),
    extendedConfig: JSON.stringify(config ?? configs[secretType]),
    ...input,
  })
}
const fieldOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.catch((refusal: unknown) => refusal)
  return (error as { details?: { fields?: { field: string }[] } }).details?.fields?.[0]?.field
}

describe('an Rds secret', () => {
  it('takes a list of accounts and gives the one', async () => {
    expect(await create('Rds')).toMatchObject({ secretType: 'Rds', automaticRotation: 'Disabled', extendedConfig: JSON.stringify(configs.Rds) })
    expect(await opened.valueOf('db/main')).toBe('{"AccountName":"app","AccountPassword":"pä\\"ss"}')
    expect(opened.secrets.session().resolve('db/main').record).toMatchObject({
      fields: [{ name: 'AccountName', isSecret: false }, { name: 'AccountPassword', isSecret: true }],
      publicValues: new Map([['AccountName', 'app']]),
    })
  })

  it('with two users has the first as current and the second as previous', async () => {
    await create('Rds', { config: { SecretSubType: 'DoubleUsers', DBInstanceId: 'rm-1' }, value: { Accounts: [account('one', 'p1'), account('two', 'p2')] } })
    expect(await opened.valueOf('db/main')).toBe('{"AccountName":"one","AccountPassword":"p1"}')
    expect(await opened.valueOf('db/main', { versionStage: 'ACSPrevious' })).toBe('{"AccountName":"two","AccountPassword":"p2"}')
    expect(await opened.ask('getSecretValue', { secretName: 'db/main' })).toMatchObject({ versionId: 'v1', versionStages: ['ACSCurrent'] })
  })

  it.each<[what: string, value: unknown, config?: object]>([
    ['no JSON', 'app:pass'],
    ['the form it gives', account('app', 'pass')],
    ['no account', { Accounts: [] }],
    ['two accounts for one user', { Accounts: [account('a', 'p'), account('b', 'p')] }],
    ['one account for two users', { Accounts: [account('a', 'p')] }, { SecretSubType: 'DoubleUsers', DBInstanceId: 'x' }],
    ['the same account twice', { Accounts: [account('a', 'p'), account('a', 'q')] }, { SecretSubType: 'DoubleUsers', DBInstanceId: 'x' }],
    ['an empty name', { Accounts: [account('', 'p')] }],
    ['a number', { Accounts: [{ AccountName: 'a', AccountPassword: 1 }] }],
    ['more fields', { Accounts: [{ ...account('a', 'p'), Host: 'h' }] }],
    ['another member', { Accounts: [account('a', 'p')], Other: [] }],
  ])('refuses %s as its value', async (_what, value, config) => {
    expect(await fieldOf(create('Rds', { value, ...(config ? { config } : {}) }))).toBe('secretData')
    expect((await opened.ask('listSecrets', {})).totalCount).toBe(0)
  })
})

describe('a RAM secret', () => {
  it('is named after its user, and its value tells when it was made', async () => {
    expect(await create('RAMCredentials')).toMatchObject({ secretName: 'acs/ram/user/ada' })
    expect(await opened.valueOf('acs/ram/user/ada')).toBe('{"AccessKeyId":"LTAI","AccessKeySecret":"sEcret","GenerateTimestamp":"2026-09-01T12:00:00Z"}')
  })

  it('has its prefix, and one key', async () => {
    expect(await fieldOf(create('RAMCredentials', { secretName: 'other' }))).toBe('secretName')
    expect(await fieldOf(create('RAMCredentials', { config: { SecretSubType: 'RamUserAccessKey', UserName: 'no blanks' } }))).toBe('secretName')
    const key = values.RAMCredentials.AccessKeys[0]
    expect(await fieldOf(create('RAMCredentials', { value: { AccessKeys: [key, key] } }))).toBe('secretData')
    expect(await fieldOf(create('RAMCredentials', { value: key }))).toBe('secretData')
  })
})

describe('an ECS secret', () => {
  it('holds a login', async () => {
    await create('ECS')
    expect(await opened.valueOf('acs/ecs/one')).toBe('{"UserName":"root","Password":"pass"}')
  })

  it('holds a key pair', async () => {
    const pair = { UserName: 'root', PublicKey: 'ssh-rsa AAAA', PrivateKey: '-----BEGIN\n' }
    await create('ECS', { config: { ...configs.ECS, SecretSubType: 'SSHKey' }, value: pair })
    expect(JSON.parse(await opened.valueOf('acs/ecs/one'))).toEqual(pair)
    expect(await fieldOf(create('ECS', { secretName: 'acs/ecs/two', value: pair }))).toBe('secretData')
    expect(await fieldOf(create('ECS', { secretName: 'elsewhere' }))).toBe('secretName')
  })
})

describe('the extended config', () => {
  it.each<[type: Managed, config: unknown]>([
    ['Rds', undefined],
    ['Rds', '[]'],
    ['Rds', 'null'],
    ['Rds', '{"a'],
    ['Rds', {}],
    ['Rds', { SecretSubType: 'SingleUser' }],
    ['Rds', { ...configs.Rds, SecretSubType: 'Password' }],
    ['Rds', { ...configs.Rds, DBInstanceId: 7 }],
    ['Rds', { ...configs.Rds, Other: 'x' }],
    ['Rds', { ...configs.Rds, CustomData: [] }],
    ['Rds', { ...configs.Rds, CustomData: { a: 1 } }],
    ['Rds', { ...configs.Rds, CustomData: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`n${at}`, ''])) }],
    ['Rds', { ...configs.Rds, CustomData: { a: 'x'.repeat(1024) } }],
    ['RAMCredentials', { SecretSubType: 'RamUserAccessKey' }],
    ['ECS', { SecretSubType: 'Password', RegionId: 'local' }],
  ])('of %s is refused as %j', async (type, config) => {
    const { secretName, secretData } = { secretName: type === 'RAMCredentials' ? 'acs/ram/user/x' : names[type], secretData: bytesOf(JSON.stringify(values[type])) }
    const extendedConfig = config === undefined ? {} : { extendedConfig: typeof config === 'string' ? config : JSON.stringify(config) }
    expect(await fieldOf(opened.ask('createSecret', { secretName, secretData, secretType: type, versionId: 'v1', ...extendedConfig }))).toBe('extendedConfig')
  })

  it('is answered when it is asked for, and its CustomData can be changed', async () => {
    await create('Rds')
    expect((await opened.ask('getSecretValue', { secretName: 'db/main' })).extendedConfig).toBeUndefined()
    await opened.ask('updateSecret', { secretName: 'db/main', extendedConfig: '{"CustomData":{"team":"payments"}}' })
    const changed = JSON.stringify({ ...configs.Rds, CustomData: { team: 'payments' } })
    expect((await opened.ask('getSecretValue', { secretName: 'db/main', fetchExtendedConfig: true })).extendedConfig).toBe(changed)
    expect(await opened.codeFor('updateSecret', { secretName: 'db/main', extendedConfig: '{"DBInstanceId":"rm-2"}' })).toBe('INVALID_PARAMETER')
    await opened.relock()
    expect((await opened.ask('describeSecret', { secretName: 'db/main' })).extendedConfig).toBe(changed)
  })
})

describe('a managed secret', () => {
  it('has no versions that are made, moved or read by id', async () => {
    await create('Rds')
    expect(await codeOf(opened.put('db/main', 'v2', 'x'))).toBe('UNSUPPORTED_OPERATION')
    expect(await opened.codeFor('updateSecretVersionStage', { secretName: 'db/main', versionStage: 'Mine', moveToVersion: 'v1' })).toBe('UNSUPPORTED_OPERATION')
    expect(await opened.ask('getSecretValue', { secretName: 'db/main', versionId: 'anything' })).toMatchObject({ versionId: 'v1' })
    expect(await opened.codeFor('getSecretValue', { secretName: 'db/main', versionStage: 'Mine' })).toBe('INVALID_PARAMETER')
    expect(await opened.codeFor('getSecretValue', { secretName: 'db/main', versionStage: 'ACSPrevious' })).toBe('SECRET_VERSION_NOT_FOUND')
  })

  it('is text', async () => {
    expect(await fieldOf(create('Rds', { secretDataType: 'binary' }))).toBe('secretDataType')
  })

  it('rotates by a policy of six hours to a year', async () => {
    expect(await fieldOf(create('Rds', { enableAutomaticRotation: true }))).toBe('rotationInterval')
    for (const rotationInterval of ['21599s', '366d', '0s']) expect(await fieldOf(create('Rds', { enableAutomaticRotation: true, rotationInterval }))).toBe('rotationInterval')
    expect(await create('Rds', { enableAutomaticRotation: true, rotationInterval: '6h' })).toMatchObject({
      automaticRotation: 'Enabled',
      rotationInterval: '21600s',
      nextRotationDate: '2026-09-01T18:00:00Z',
    })
    await opened.ask('updateSecretRotationPolicy', { secretName: 'db/main', enableAutomaticRotation: false })
    expect(await opened.ask('describeSecret', { secretName: 'db/main' })).toMatchObject({ automaticRotation: 'Disabled', rotationInterval: '21600s' })
    await opened.ask('updateSecretRotationPolicy', { secretName: 'db/main', enableAutomaticRotation: true, rotationInterval: '8760h' })
    await opened.relock()
    expect(await opened.ask('describeSecret', { secretName: 'db/main' })).toMatchObject({ automaticRotation: 'Enabled', nextRotationDate: '2027-09-01T12:00:00Z' })
  })

  it('serves its text through the batch, too', async () => {
    await create('ECS')
    const { secretValues } = await opened.ask('batchGetSecretValue', { secretsList: [{ SecretName: 'acs/ecs/one', VersionId: 'ignored' }] })
    expect(secretValues.map(({ secretData }) => textOf(secretData))).toEqual(['{"UserName":"root","Password":"pass"}'])
  })
})
