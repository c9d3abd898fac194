import { describe, expect, it } from 'vitest'
import { requestFromKms } from '../../../../src-main/faces/kms/request-mapping'
import { isKmsError } from '../../../../src-shared/errors'

const strict = { unknownParameters: 'refuse' } as const

function refusedFields(run: () => unknown): string[] {
  try {
    run()
  } catch (error) {
    if (isKmsError(error, 'INVALID_PARAMETER')) return (error.details.fields ?? []).map(({ field }) => field)
    throw error
  }
  return []
}

describe('requestFromKms', () => {
  it('renames parameters and decodes Base64', () => {
    expect(requestFromKms('encrypt', { KeyId: 'alias/a', Plaintext: 'AAH/' }, strict)).toEqual({
      keyId: 'alias/a',
      plaintext: new Uint8Array([0, 1, 255]),
    })
  })

  it.each(['AAH', 'AAH_', ' AAH/', 'AAH/\n', 'AAH/====', 7, null])('refuses %j as Base64 and names the parameter', (value) => {
    expect(refusedFields(() => requestFromKms('encrypt', { KeyId: 'k', Plaintext: value }, strict))).toEqual(['Plaintext'])
  })

  it('takes the encryption context as JSON text or as an object', () => {
    const expected = { keyId: 'k', plaintext: new Uint8Array([0]), encryptionContext: { a: 'b' } }
    expect(requestFromKms('encrypt', { KeyId: 'k', Plaintext: 'AA==', EncryptionContext: '{"a":"b"}' }, strict)).toEqual(expected)
    expect(requestFromKms('encrypt', { KeyId: 'k', Plaintext: 'AA==', EncryptionContext: { a: 'b' } }, strict)).toEqual(expected)
    expect(refusedFields(() => requestFromKms('encrypt', { EncryptionContext: '{a' }, strict))).toEqual(['EncryptionContext'])
  })

  it('turns decimal text into integers and leaves other text for the schema', () => {
    expect(requestFromKms('listKeys', { PageNumber: '2', PageSize: 50 }, strict)).toEqual({ pageNumber: 2, pageSize: 50 })
    expect(requestFromKms('listKeys', { PageNumber: '2.5' }, strict)).toEqual({ pageNumber: '2.5' })
  })

  it('turns "true" and "false" into booleans', () => {
    expect(requestFromKms('searchKeys', { Descending: 'false' }, strict)).toEqual({ descending: false })
    expect(requestFromKms('searchKeys', { Descending: 'yes' }, strict)).toEqual({ descending: 'yes' })
  })

  it('reads an empty string as absent where the parameter may be absent, and as text where it is required', () => {
    expect(requestFromKms('createKey', { Description: '', KeySpec: '' }, strict)).toEqual({})
    expect(requestFromKms('updateKeyDescription', { KeyId: 'k', Description: '' }, strict)).toEqual({ keyId: 'k', description: '' })
  })

  it('refuses unknown parameters on the command line and ignores them on the endpoint', () => {
    expect(refusedFields(() => requestFromKms('describeKey', { KeyId: 'k', RegionId: 'x' }, strict))).toEqual(['RegionId'])
    expect(requestFromKms('describeKey', { KeyId: 'k', RegionId: 'x' }, { unknownParameters: 'ignore' })).toEqual({ keyId: 'k' })
  })

  it('does not take camelCase names or inherited ones', () => {
    expect(refusedFields(() => requestFromKms('describeKey', { keyId: 'k' }, strict))).toEqual(['keyId'])
    expect(refusedFields(() => requestFromKms('describeKey', JSON.parse('{"__proto__":{"KeyId":"k"}}'), strict))).toEqual(['__proto__'])
  })

  it('turns paths into handles only where the face issues them', () => {
    const issued: string[] = []
    const issueHandle = (path: string, use: string) => {
      issued.push(`${use}:${path}`)
      return `h-${issued.length}`
    }
    expect(requestFromKms('encryptFiles', { Sources: ['a', 'b'], TargetFolder: 'out' }, { ...strict, issueHandle })).toEqual({
      sources: ['h-1', 'h-2'],
      targetFolder: 'h-3',
    })
    expect(issued).toEqual(['source:a', 'source:b', 'folder:out'])
    expect(refusedFields(() => requestFromKms('inspectFile', { File: '/etc/passwd' }, strict))).toEqual(['File'])
  })

  it('takes the data of a secret as text, and as Base64 where it says that it is binary', () => {
    const text = requestFromKms('createSecret', { SecretName: 'a', VersionId: 'v1', SecretData: 'grüße=' }, strict)
    expect(text['secretData']).toEqual(new TextEncoder().encode('grüße='))
    const named = requestFromKms('putSecretValue', { SecretData: 'AAH/', SecretDataType: 'text' }, strict)
    expect(named['secretData']).toEqual(new TextEncoder().encode('AAH/'))
    const binary = requestFromKms('putSecretValue', { SecretData: 'AAH/', SecretDataType: 'binary' }, strict)
    expect(binary['secretData']).toEqual(new Uint8Array([0, 1, 255]))
    expect(requestFromKms('createSecret', { SecretData: '' }, strict)['secretData']).toEqual(new Uint8Array(0))
  })

  it.each([
    ['text that is no text', { SecretData: 7 }],
    ['a lone surrogate', { SecretData: 'a\ud800' }],
    ['binary data that is not Base64', { SecretData: 'ä', SecretDataType: 'binary' }],
  ])('refuses %s', (_, parameters) => {
    expect(refusedFields(() => requestFromKms('putSecretValue', parameters, strict))).toEqual(['SecretData'])
  })

  it('takes settings that are JSON text as an object too', () => {
    const expected = { extendedConfig: '{"SecretSubType":"SingleUser"}' }
    expect(requestFromKms('createSecret', { ExtendedConfig: '{"SecretSubType":"SingleUser"}' }, strict)).toEqual(expected)
    expect(requestFromKms('createSecret', { ExtendedConfig: { SecretSubType: 'SingleUser' } }, strict)).toEqual(expected)
  })

  it('takes the stages of PutSecretValue as JSON text or as a list', () => {
    const versionStages = ['ACSCurrent', 'MyUserstage']
    expect(requestFromKms('putSecretValue', { VersionStages: JSON.stringify(versionStages) }, strict)).toEqual({ versionStages })
    expect(requestFromKms('putSecretValue', { VersionStages: versionStages }, strict)).toEqual({ versionStages })
  })

  it('translates the fields of the option that a union chooses, with its paths', () => {
    const issueHandle = (path: string, use: string) => `${use}:${path}`
    const Target = { Kind: 'command', Program: 'rotate.sh', Args: ['a'], TimeoutSeconds: '5' }
    expect(requestFromKms('setSecretRotationTarget', { SecretName: 's', Target }, { ...strict, issueHandle })).toEqual({
      secretName: 's',
      target: { kind: 'command', program: 'program:rotate.sh', args: ['a'], timeoutSeconds: 5 },
    })
    expect(requestFromKms('setSecretRotationTarget', { Target: null }, strict)).toEqual({ target: null })
    expect(refusedFields(() => requestFromKms('setSecretRotationTarget', { Target: { Kind: 'redis', Program: 'x' } }, strict))).toEqual(['Target.Program'])
  })

  it.each([null, 'text', 3, [{ KeyId: 'k' }]])('refuses %j as parameters', (value) => {
    expect(refusedFields(() => requestFromKms('describeKey', value, strict))).toEqual(['JSON'])
  })
})
