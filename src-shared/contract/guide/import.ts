import type { certificateSchemas } from '../certificates'
import type { keyImportSchemas } from '../key-import'
import type { GuideEntry } from './entry'

const passphrase = 'Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ=='

/** Material from outside, private keys and certificates. */
export const importGuide = {
  getParametersForImport: {
    summary: 'A public key to encrypt material for a key of origin EXTERNAL, and the token that goes with it, for 24 hours.',
    example: { KeyId: '<externalKeyId>', WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' },
    keep: { importToken: 'ImportToken', wrappingPublicKey: 'PublicKey' },
  },
  rehearseImport: {
    summary: 'Checks an import as it would be done, and changes nothing.',
    example: { KeyId: '<externalKeyId>', EncryptedKeyMaterial: '<wrappedMaterial>', ImportToken: '<importToken>' },
  },
  importKeyMaterial: {
    summary: 'Imports the material; again after expiry or deletion, but only the same bytes.',
    example: { KeyId: '<externalKeyId>', EncryptedKeyMaterial: '<wrappedMaterial>', ImportToken: '<importToken>', KeyMaterialExpireUnix: 0 },
  },
  deleteKeyMaterial: { summary: 'Destroys imported material; the key waits for the next import.', example: { KeyId: '<externalKeyId>' } },
  importPrivateKey: {
    summary: 'An existing private key (PKCS#8, PKCS#12, OpenSSH, JWK, PEM) becomes a key of the vault.',
    example: { File: '<private-key.pem>', KeyUsage: 'SIGN/VERIFY', Description: 'from the old server', Exportable: true },
    keep: { importedKeyId: 'KeyMetadata.KeyId', importedVersionId: 'KeyVersionId' },
  },
  exportPrivateKey: {
    summary: 'Writes an exportable private key as encrypted PKCS#8. The passphrase is Base64: send the JSON through standard input.',
    example: { KeyId: '<exportableKeyId>', KeyVersionId: '<exportableVersionId>', Passphrase: passphrase, Target: '<exported.pem>' },
  },
  createCertificate: {
    summary: 'A key pair and its certificate signing request.',
    example: { KeySpec: 'EC_P256', Subject: 'CN=vault.example,O=Example,C=DE', SubjectAlternativeNames: ['dns:vault.example', 'ip:127.0.0.1'] },
    keep: { requestId: 'CertificateId', csr: 'Csr' },
  },
  createSelfSignedCertificate: {
    summary: 'A key pair and a certificate that it signs itself.',
    example: { KeySpec: 'EC_P256', Subject: 'CN=localhost', SubjectAlternativeNames: ['dns:localhost'], ValidityDays: 90 },
    keep: { certificateId: 'CertificateId' },
  },
  uploadCertificate: { summary: 'The certificate that a CA has issued for a request.', example: { CertificateId: '<requestId>', Certificate: '<issuedCertificate>' } },
  getCertificate: { summary: 'Request, certificate and chain as PEM.', example: { CertificateId: '<certificateId>' } },
  describeCertificate: { summary: 'What a certificate says, and its status.', example: { CertificateId: '<certificateId>' } },
  listCertificates: { summary: 'All certificates, newest first.', example: { PageSize: 10 } },
  updateCertificateStatus: { summary: 'INACTIVE: its private key is not used. REVOKED: verify only, for good.', example: { CertificateId: '<certificateId>', Status: 'ACTIVE' } },
  certificatePrivateKeySign: {
    summary: 'Signs a message (RAW) or a digest (DIGEST) with the key of a certificate.',
    example: { CertificateId: '<certificateId>', Algorithm: 'ECDSA_SHA_256', Message: 'SGVsbG8gd29ybGQ=', MessageType: 'RAW' },
    keep: { certificateSignature: 'SignatureValue' },
  },
  certificatePublicKeyVerify: {
    summary: 'Whether a signature fits a message.',
    example: {
      CertificateId: '<certificateId>',
      Algorithm: 'ECDSA_SHA_256',
      Message: 'SGVsbG8gd29ybGQ=',
      MessageType: 'RAW',
      SignatureValue: '<certificateSignature>',
    },
  },
  certificatePublicKeyEncrypt: {
    summary: 'Encrypts for the key of a certificate (RSA, SM2).',
    example: { CertificateId: '<rsaCertificateId>', Algorithm: 'RSAES_OAEP_SHA_256', Plaintext: 'SGVsbG8gd29ybGQ=' },
    keep: { certificateCiphertext: 'CiphertextBlob' },
  },
  certificatePrivateKeyDecrypt: {
    summary: 'Opens it with the private key.',
    example: { CertificateId: '<rsaCertificateId>', Algorithm: 'RSAES_OAEP_SHA_256', CiphertextBlob: '<certificateCiphertext>' },
  },
  exportCertificate: {
    summary: 'Writes certificate, chain and private key as PKCS#12. Send the JSON through standard input.',
    example: { CertificateId: '<certificateId>', Passphrase: passphrase, Target: '<certificate.p12>' },
  },
  deleteCertificate: { summary: 'Forgets a certificate; its key stays.', example: { CertificateId: '<certificateId>' } },
} as const satisfies Record<keyof typeof keyImportSchemas | keyof typeof certificateSchemas, GuideEntry>
