import type { cryptographySchemas } from '../cryptography'
import type { inspectionSchemas } from '../inspection'
import type { whereUsedSchemas } from '../where-used'
import type { GuideEntry } from './entry'

type InspectionNames = Exclude<keyof typeof inspectionSchemas, 'readChosenFile' | 'saveChosenFile' | 'chooseSaveTarget'>
type Names = keyof typeof cryptographySchemas | InspectionNames | keyof typeof whereUsedSchemas

const hello = 'SGVsbG8gd29ybGQ='
const context = { project: 'alpha' }
/** SHA-256 of "Hello world". */
const digest = 'ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw='

/** Cryptographic use of keys, and what is known of it. */
export const cryptographyGuide = {
  encrypt: {
    summary: 'Encrypts up to 6144 bytes with the primary version of a symmetric key.',
    example: { KeyId: 'alias/backups', Plaintext: hello, EncryptionContext: context },
    keep: { ciphertext: 'CiphertextBlob' },
  },
  decrypt: { summary: 'Opens a ciphertext; it names its key itself. The context must be the same.', example: { CiphertextBlob: '<ciphertext>', EncryptionContext: context } },
  encryptBatch: {
    summary: 'Encrypts up to 100 items; each has its own answer.',
    example: { KeyId: '<keyId>', Items: [{ Plaintext: hello }, { Plaintext: hello, EncryptionContext: context }] },
  },
  decryptBatch: { summary: 'Opens up to 100 ciphertexts; each has its own answer.', example: { Items: [{ CiphertextBlob: '<ciphertext>', EncryptionContext: context }] } },
  reEncrypt: {
    summary: 'Moves a ciphertext to another key, version or context; the plaintext stays inside.',
    example: { CiphertextBlob: '<ciphertext>', SourceEncryptionContext: context, DestinationKeyId: 'alias/backups', DestinationEncryptionContext: context },
  },
  generateDataKey: { summary: 'A new data key, in the clear and encrypted. It is not kept.', example: { KeyId: '<keyId>', KeySpec: 'AES_256' }, keep: { dataKey: 'CiphertextBlob' } },
  generateDataKeyWithoutPlaintext: { summary: 'A new data key, encrypted only.', example: { KeyId: '<keyId>', NumberOfBytes: 32 } },
  exportDataKey: {
    summary: 'Encrypts a data key for the public key of another machine.',
    example: { CiphertextBlob: '<dataKey>', PublicKeyBlob: '<wrappingPublicKey>', WrappingKeySpec: 'RSA_2048', WrappingAlgorithm: 'RSAES_OAEP_SHA_256' },
  },
  generateAndExportDataKey: {
    summary: 'A new data key, encrypted by the key and for the public key of another machine.',
    example: { KeyId: '<keyId>', PublicKeyBlob: '<wrappingPublicKey>', WrappingKeySpec: 'RSA_2048', WrappingAlgorithm: 'RSAES_OAEP_SHA_256' },
  },
  asymmetricEncrypt: {
    summary: 'Encrypts a few bytes with the public key of an RSA or SM2 key.',
    example: { KeyId: '<rsaKeyId>', KeyVersionId: '<rsaVersionId>', Algorithm: 'RSAES_OAEP_SHA_256', Plaintext: hello },
    keep: { rsaCiphertext: 'CiphertextBlob' },
  },
  asymmetricDecrypt: {
    summary: 'Opens what AsymmetricEncrypt, or another program with the public key, has encrypted.',
    example: { KeyId: '<rsaKeyId>', KeyVersionId: '<rsaVersionId>', Algorithm: 'RSAES_OAEP_SHA_256', CiphertextBlob: '<rsaCiphertext>' },
  },
  digestForSigning: {
    summary: 'The digest that AsymmetricSign takes, of a message or a file.',
    example: { KeyId: '<signingKeyId>', KeyVersionId: '<signingVersionId>', Algorithm: 'ECDSA_SHA_256', Message: hello },
  },
  asymmetricSign: {
    summary: 'Signs a digest, which is not hashed again. SM2DSA: SM3(ZA ‖ message). ED25519_SHA_512: the message itself.',
    example: { KeyId: '<signingKeyId>', KeyVersionId: '<signingVersionId>', Algorithm: 'ECDSA_SHA_256', Digest: digest },
    keep: { signature: 'Value' },
  },
  asymmetricVerify: {
    summary: 'Whether a signature fits a digest.',
    example: { KeyId: '<signingKeyId>', KeyVersionId: '<signingVersionId>', Algorithm: 'ECDSA_SHA_256', Digest: digest, Value: '<signature>' },
  },
  getPublicKey: { summary: 'The public key of a version as PEM.', example: { KeyId: '<signingKeyId>', KeyVersionId: '<signingVersionId>' } },
  generateMac: { summary: 'A message authentication code of an HMAC key.', example: { KeyId: '<macKeyId>', Algorithm: 'HMAC_SHA_256', Message: hello }, keep: { mac: 'Mac' } },
  verifyMac: { summary: 'Whether a message authentication code fits a message.', example: { KeyId: '<macKeyId>', Algorithm: 'HMAC_SHA_256', Message: hello, Mac: '<mac>' } },
  getRandomPassword: { summary: 'A random password of 8 to 128 characters.', example: { PasswordLength: 24, ExcludePunctuation: true } },
  inspectBlob: { summary: 'Says what bytes or a file are, and which key opens them.', example: { Content: '<ciphertext>' } },
  keepCiphertext: {
    summary: 'Keeps a ciphertext in the vault, so that FinishRotation can renew it.',
    example: { Name: 'database password', CiphertextBlob: '<ciphertext>', EncryptionContext: context },
    keep: { useId: 'UseId' },
  },
  getKeptCiphertext: { summary: 'A ciphertext that is kept.', example: { UseId: '<useId>' } },
  listKeyUses: { summary: 'Files and ciphertexts that a key has encrypted, newest first.', example: { KeyId: '<keyId>', OnlyOld: true } },
  findEncryptedFiles: { summary: 'Looks through files and folders for encrypted files and remembers those of this vault.', example: { Sources: ['<folder>'] } },
  previewFinishRotation: { summary: 'What still uses older versions of a key, and which versions nothing needs.', example: { KeyId: '<keyId>' } },
  finishRotation: { summary: 'Re-encrypts with the newest version what still uses older ones; goes on where it was stopped.', example: { KeyId: '<keyId>' } },
  forgetKeyUse: { summary: 'Forgets an entry; a file itself is not touched.', example: { UseId: '<useId>' } },
} as const satisfies Record<Names, GuideEntry>
