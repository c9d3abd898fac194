import type { tokenKeySchemas } from '../token-keys'
import type { GuideEntry } from './entry'

/** "123456", for reading only. */
const UserPin = 'MTIzNDU2'
const TokenId = '<tokenId>'
const Message = 'SGVsbG8gd29ybGQ='
const aes = { TokenId, ObjectId: '<importedSecretId>', UserPin }
const signer = { TokenId, ObjectId: '<importedPrivateId>', UserPin }

/** Keys on tokens at work. */
export const tokenKeyGuide = {
  importTokenKey: {
    summary: 'Puts a private key from a file (PKCS#8, PKCS#12, OpenSSH, JWK, PEM) on a token, with its public part.',
    example: { TokenId, File: '<private-key.pem>', Label: 'web server', IdHex: '77', Uses: ['sign', 'verify'], UserPin },
    keep: { importedPrivateId: 'Objects.0.ObjectId' },
  },
  importTokenSecret: {
    summary: 'Puts the bytes of an AES key or of a generic key on a token. They are Base64: send the JSON through standard input.',
    example: { TokenId, KeyType: 'AES', Value: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', Label: 'shared', Uses: ['encrypt', 'decrypt', 'wrap', 'unwrap'], UserPin },
    keep: { importedSecretId: 'Objects.0.ObjectId' },
  },
  importTokenData: { summary: 'Puts data on a token.', example: { TokenId, Content: Message, Label: 'note', Application: 'Keystead', UserPin }, keep: { dataId: 'Objects.0.ObjectId' } },
  exportTokenObject: { summary: 'A public key, a certificate, data, or a secret key that can be read.', example: { TokenId, ObjectId: '<dataId>', UserPin } },
  listTokenKeyAlgorithms: { summary: 'The algorithms that both a key and its token offer.', example: signer },
  signWithTokenKey: { summary: 'Signs a message (RAW) or a digest (DIGEST).', example: { ...signer, Algorithm: 'ECDSA_SHA_256', Message }, keep: { tokenSignature: 'Signature' } },
  verifyWithTokenKey: { summary: 'Whether a signature fits a message.', example: { ...signer, Algorithm: 'ECDSA_SHA_256', Message, Signature: '<tokenSignature>' } },
  encryptWithTokenKey: { summary: 'Encrypts; the random IV stands before the ciphertext.', example: { ...aes, Algorithm: 'AES_GCM', Plaintext: Message }, keep: { tokenCiphertext: 'Ciphertext' } },
  decryptWithTokenKey: { summary: 'Opens it with the same key.', example: { ...aes, Algorithm: 'AES_GCM', Ciphertext: '<tokenCiphertext>' } },
  createTokenCsr: { summary: 'A certificate signing request for a key on a token.', example: { ...signer, Subject: 'CN=www.example,O=Example,C=DE', SubjectAlternativeNames: ['dns:www.example'] } },
  createTokenCertificate: {
    summary: 'A certificate that a key on a token signs itself; it is put beside the key.',
    example: { ...signer, Subject: 'CN=localhost', SubjectAlternativeNames: ['dns:localhost'], ValidityDays: 90 },
    keep: { tokenCertificate: 'Certificate' },
  },
  importTokenCertificate: { summary: 'Puts a certificate on a token, with label and id of the key that it is for.', example: { TokenId, File: '<certificate.pem>', UserPin } },
  getTokenSshKey: { summary: 'The public key as a line for authorized_keys.', example: { ...signer, Comment: 'alice@example' } },
  wrapTokenKey: { summary: 'An extractable key, encrypted under another key of the token.', example: { TokenId, ObjectId: '<extractableId>', WrappingObjectId: '<importedSecretId>', Algorithm: 'AES_KEY_WRAP_PAD', UserPin }, keep: { wrappedKey: 'Wrapped' } },
  unwrapTokenKey: {
    summary: 'Puts a wrapped key on a token.',
    example: { TokenId, UnwrappingObjectId: '<importedSecretId>', Algorithm: 'AES_KEY_WRAP_PAD', Wrapped: '<wrappedKey>', KeyType: 'AES', Label: 'unwrapped', Uses: ['encrypt', 'decrypt'], UserPin },
  },
  copyTokenKey: { summary: 'An extractable key to another token. It is encrypted all the way.', example: { TokenId, ObjectId: '<extractableId>', TargetTokenId: '<secondTokenId>', UserPin, TargetUserPin: UserPin } },
  tokenRandom: { summary: 'Random bytes of the token.', example: { TokenId, Length: 32 } },
  tokenDigest: { summary: 'A digest that the token makes.', example: { TokenId, Algorithm: 'SHA_256', Data: Message } },
  examineTokenModule: { summary: 'What a module and a token really do: mechanisms are tried with keys that are thrown away.', example: { ModuleId: '<moduleId>', TokenId, UserPin } },
  rehearseTokenKey: { summary: 'Makes a key on a token in software that is thrown away, to see what it would be.', example: { TokenId, KeySpec: 'RSA_2048', Label: 'rehearsed', Uses: ['sign', 'verify'] } },
  resolveTokenUri: { summary: 'The token, or the object, that a PKCS#11 URI (RFC 7512) names.', example: { Uri: 'pkcs11:token=Workstation;object=shared;type=secret-key', UserPin } },
} as const satisfies Record<keyof typeof tokenKeySchemas, GuideEntry>
