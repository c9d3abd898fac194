import { describe, expect, it } from 'vitest'
import { errorToKms } from '../../../../src-main/faces/kms/error-mapping'
import { kmsOperationNames, operationOf } from '../../../../src-main/faces/kms/names'
import { responseToKms } from '../../../../src-main/faces/kms/response-mapping'
import { invalidParameter, KmsError } from '../../../../src-shared/errors'

describe('responseToKms', () => {
  it('nests lists twice and adds the request id', () => {
    const response = { totalCount: 1, pageNumber: 1, pageSize: 10, keys: [{ keyId: 'k', keyArn: 'acs:kms:local:v:key/k' }] }
    expect(responseToKms('listKeys', response, 'r')).toEqual({
      TotalCount: 1,
      PageNumber: 1,
      PageSize: 10,
      Keys: { Key: [{ KeyId: 'k', KeyArn: 'acs:kms:local:v:key/k' }] },
      RequestId: 'r',
    })
    expect(responseToKms('listAliases', { totalCount: 0, pageNumber: 1, pageSize: 10, aliases: [] }, 'r')).toMatchObject({ Aliases: { Alias: [] } })
  })

  it('encodes bytes as Base64, also from a view into a larger buffer', () => {
    const view = new Uint8Array([9, 0, 1, 255, 9]).subarray(1, 4)
    expect(responseToKms('decrypt', { keyId: 'k', keyVersionId: 'v', plaintext: view }, 'r')).toEqual({
      KeyId: 'k',
      KeyVersionId: 'v',
      Plaintext: 'AAH/',
      RequestId: 'r',
    })
  })

  it('gives the value of a secret as text, and as Base64 when it is binary', () => {
    const value = { secretName: 's', secretType: 'Generic' as const, versionId: 'v1', versionStages: ['ACSCurrent'], createTime: 't' }
    const mapped = { SecretName: 's', SecretType: 'Generic', VersionId: 'v1', VersionStages: { VersionStage: ['ACSCurrent'] }, CreateTime: 't' }
    const text = { ...value, secretData: new TextEncoder().encode('grüße'), secretDataType: 'text' as const }
    const binary = { ...value, secretData: new Uint8Array([9, 0, 1, 255]).subarray(1), secretDataType: 'binary' as const }
    expect(responseToKms('getSecretValue', text, 'r')).toEqual({ ...mapped, SecretData: 'grüße', SecretDataType: 'text', RequestId: 'r' })
    expect(responseToKms('batchGetSecretValue', { secretValues: [text, binary], errors: [] }, 'r')).toEqual({
      SecretValues: { SecretValue: [{ ...mapped, SecretData: 'grüße', SecretDataType: 'text' }, { ...mapped, SecretData: 'AAH/', SecretDataType: 'binary' }] },
      Errors: { Error: [] },
      RequestId: 'r',
    })
  })

  it('nests lists inside the items of lists too', () => {
    const versionIds = [{ versionId: 'v1', createTime: 't', versionStages: ['ACSCurrent', 'Mine'] }]
    expect(responseToKms('listSecretVersionIds', { secretName: 's', totalCount: 1, pageNumber: 1, pageSize: 20, versionIds }, 'r')).toMatchObject({
      VersionIds: { VersionId: [{ VersionId: 'v1', CreateTime: 't', VersionStages: { VersionStage: ['ACSCurrent', 'Mine'] } }] },
    })
  })

  it('gives every reply a fresh UUID', () => {
    const ids = [1, 2].map(() => responseToKms('createAlias', {})['RequestId'])
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(ids[0]).not.toBe(ids[1])
  })
})

describe('errorToKms', () => {
  it('names the parameter as the KMS writes it', () => {
    expect(errorToKms(invalidParameter('encryptionContext', 'must have values that are strings'))).toEqual({
      Code: 'InvalidParameter',
      Message: 'The specified parameter EncryptionContext is not valid: must have values that are strings.',
      HttpStatus: 400,
    })
    const missing = new KmsError('MISSING_PARAMETER', 'x', { fields: [{ field: 'keyId', problem: 'is required' }] })
    expect(errorToKms(missing)).toEqual({ Code: 'MissingParameter', Message: 'The parameter KeyId is needed but not provided.', HttpStatus: 400 })
  })

  it('maps states to their KMS codes', () => {
    expect(errorToKms(new KmsError('KEY_DISABLED', 'The key is disabled.'))).toEqual({
      Code: 'Rejected.Disabled',
      Message: 'The key is disabled.',
      HttpStatus: 409,
    })
  })

  it('says nothing of the cause of a bug', () => {
    expect(errorToKms(new TypeError('secret value 42'))).toEqual({
      Code: 'InternalFailure',
      Message: 'Something went wrong inside Keystead.',
      HttpStatus: 500,
    })
  })
})

describe('operationOf', () => {
  it('finds operations by their KMS name on the faces that offer them', () => {
    expect(operationOf('GenerateDataKey', 'cli')).toBe('generateDataKey')
    expect(() => operationOf('GenerateDataKey', 'ipc')).toThrow(KmsError)
    expect(() => operationOf('ChooseFiles', 'cli')).toThrow(KmsError)
    expect(() => operationOf('constructor', 'cli')).toThrow(KmsError)
    expect(() => operationOf('createKey', 'cli')).toThrow(KmsError)
  })

  it('offers the operations of the KMS on the endpoint', () => {
    const expected = `
      AsymmetricDecrypt AsymmetricEncrypt AsymmetricSign AsymmetricVerify BatchGetSecretValue CancelKeyDeletion CertificatePrivateKeyDecrypt
      CertificatePrivateKeySign CertificatePublicKeyEncrypt CertificatePublicKeyVerify CreateAlias CreateCertificate CreateKey
      CreateKeyVersion CreateSecret Decrypt DeleteAlias DeleteCertificate DeleteKeyMaterial DeleteSecret DescribeAccountKmsStatus
      DescribeCertificate DescribeKey DescribeKeyVersion DescribeRegions DescribeSecret DisableKey EnableKey
      Encrypt ExportDataKey GenerateAndExportDataKey GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateMac
      GetCertificate GetKeyPolicy GetParametersForImport GetPublicKey GetRandomPassword GetSecretPolicy GetSecretValue ImportKeyMaterial
      ListAliases ListAliasesByKeyId ListKeyVersions ListKeys ListResourceTags ListSecretVersionIds ListSecrets ListTagResources
      OpenKmsService PutSecretValue ReEncrypt RestoreSecret RotateSecret ScheduleKeyDeletion SetDeletionProtection SetKeyPolicy SetSecretPolicy TagResource
      TagResources UntagResource UntagResources UpdateAlias UpdateCertificateStatus UpdateKeyDescription
      UpdateRotationPolicy UpdateSecret UpdateSecretRotationPolicy UpdateSecretVersionStage UploadCertificate VerifyMac`
    expect(kmsOperationNames('endpoint')).toEqual(expected.trim().split(/\s+/).toSorted())
  })
})
