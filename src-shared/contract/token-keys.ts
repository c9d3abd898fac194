import { z } from 'zod'
import { limits } from '../model/limits'
import { moduleFileProblems, templateProblems, tokenKeySpecs, tokenLimits } from '../model/tokens'
import {
  moduleQuirks,
  tokenDigestAlgorithms,
  tokenEncryptAlgorithms,
  tokenSignAlgorithms,
  tokenWrapAlgorithms,
  trialFamilies,
  trialOutcomes,
  unwrappedKeyTypes,
} from '../model/token-work'
import { bytes, hinted, passphrase, pathHandle, text } from './fields'
import { newTokenKey, objectIdHex, objectLabel, tokenId, tokenLogin, tokenModuleId, tokenObject, tokenObjectId, tokenSummary } from './tokens'

const data = (min: number) => bytes(min, tokenLimits.dataBytes)
/** A result is longer than what went in: IV, tag, padding, signature. */
const result = bytes(0, tokenLimits.dataBytes + 4096)
const objects = z.strictObject({ objects: z.array(tokenObject) })
/** Exactly one of the two. */
const fileOrContent = { file: pathHandle('source').optional(), content: bytes(1, limits.keyFileBytes).optional() }
/** A key that asks each time for the PIN is used with it. Without it: TOKEN_PIN_NEEDED_AGAIN, before the token is asked. */
const contextPin = { contextPin: bytes(1, tokenLimits.pinBytes).optional() }
const withKey = { tokenId, objectId: tokenObjectId, ...tokenLogin, ...contextPin }
const message = { algorithm: z.enum(tokenSignAlgorithms), message: data(0), messageType: z.enum(['RAW', 'DIGEST']).default('RAW') }
/** AES_GCM alone takes associated data. */
const cipher = { algorithm: z.enum(tokenEncryptAlgorithms), associatedData: bytes(0, 65_536).optional() }
const names = {
  subject: text(1024, 1),
  /** As createCertificate takes them. */
  subjectAlternativeNames: hinted(z.array(text(255, 1)).max(limits.certificateSans), { json: true }).default([]),
}

/**
 * What is done with keys on tokens. What a token does not offer is refused with TOKEN_MECHANISM_UNSUPPORTED before
 * anything is touched, what a key may not be used for with TOKEN_KEY_USE_REFUSED.
 */
export const tokenKeySchemas = {
  /** The algorithms that both the key and its token offer; the first of each is the usual one. */
  listTokenKeyAlgorithms: {
    request: z.strictObject({ tokenId, objectId: tokenObjectId, ...tokenLogin }),
    response: z.strictObject({
      sign: z.array(z.enum(tokenSignAlgorithms)),
      verify: z.array(z.enum(tokenSignAlgorithms)),
      encrypt: z.array(z.enum(tokenEncryptAlgorithms)),
      decrypt: z.array(z.enum(tokenEncryptAlgorithms)),
      wrap: z.array(z.enum(tokenWrapAlgorithms)),
      unwrap: z.array(z.enum(tokenWrapAlgorithms)),
    }),
  },

  /** A private key file as importPrivateKey takes it. Both parts of the pair are put on the token. KEY_FILE_… */
  importTokenKey: { request: z.strictObject({ tokenId, ...fileOrContent, passphrase: passphrase.optional(), ...newTokenKey, ...tokenLogin }), response: objects },
  importTokenSecret: {
    request: z.strictObject({ tokenId, keyType: z.enum(['AES', 'GENERIC']), value: bytes(1, 512), ...newTokenKey, ...tokenLogin }),
    /** Hexadecimal, as rehearseImport gives it; null for a generic key. */
    response: z.strictObject({ objects: z.array(tokenObject), keyCheckValue: z.string().nullable() }),
  },
  /** DER, or the first certificate of a PEM text. Without label or id: those of the key on the token that it is for. CERTIFICATE_INVALID. */
  importTokenCertificate: { request: z.strictObject({ tokenId, ...fileOrContent, label: objectLabel.optional(), idHex: objectIdHex.optional(), ...tokenLogin }), response: objects },
  importTokenData: {
    request: z.strictObject({ tokenId, ...fileOrContent, label: objectLabel, application: text(256).default(''), isPrivate: z.boolean().default(true), ...tokenLogin }),
    response: objects,
  },
  /**
   * A public key (SPKI), a certificate, data, or a secret key that can be read. TOKEN_KEY_NOT_EXTRACTABLE with `exportBarrier`.
   * With `target` into a file (mode 0600); secret keys and data do not come to the window in another way.
   */
  exportTokenObject: {
    request: z.strictObject({ tokenId, objectId: tokenObjectId, format: z.enum(['PEM', 'DER']).default('PEM'), target: pathHandle('target').optional(), ...tokenLogin }),
    /** Null when it was written to the target. Data and secret keys are bytes as they are, whatever the format. */
    response: z.strictObject({ content: result.nullable() }),
  },

  wrapTokenKey: {
    request: z.strictObject({ tokenId, objectId: tokenObjectId, wrappingObjectId: tokenObjectId, algorithm: z.enum(tokenWrapAlgorithms), ...tokenLogin }),
    response: z.strictObject({ wrapped: bytes(1, 65_536) }),
  },
  /** Private keys are wrapped as PKCS#8. The public part of an RSA key is put beside it. */
  unwrapTokenKey: {
    request: z.strictObject({
      tokenId,
      unwrappingObjectId: tokenObjectId,
      algorithm: z.enum(tokenWrapAlgorithms),
      wrapped: bytes(1, 65_536),
      keyType: z.enum(unwrappedKeyTypes),
      ...newTokenKey,
      ...tokenLogin,
    }),
    response: objects,
  },
  /**
   * An extractable key to another token. With `wrapping`, under an AES key that both tokens hold; else under an AES key that
   * the source makes for this and that travels under an RSA pair of the target. Public part and label go along.
   */
  copyTokenKey: {
    request: z.strictObject({
      tokenId,
      objectId: tokenObjectId,
      targetTokenId: tokenId,
      wrapping: z.strictObject({ objectId: tokenObjectId, targetObjectId: tokenObjectId }).optional(),
      isExtractable: z.boolean().default(false),
      ...tokenLogin,
      targetUserPin: bytes(1, tokenLimits.pinBytes).optional(),
    }),
    response: objects,
  },

  signWithTokenKey: { request: z.strictObject({ ...withKey, ...message }), response: z.strictObject({ signature: result }) },
  /** By the public key of a pair, whichever of its parts is named. */
  verifyWithTokenKey: { request: z.strictObject({ ...withKey, ...message, signature: bytes(1, 2048) }), response: z.strictObject({ isValid: z.boolean() }) },
  encryptWithTokenKey: { request: z.strictObject({ ...withKey, ...cipher, plaintext: data(0) }), response: z.strictObject({ ciphertext: result }) },
  /** TOKEN_CIPHERTEXT_REFUSED for every failure alike. */
  decryptWithTokenKey: { request: z.strictObject({ ...withKey, ...cipher, ciphertext: bytes(1, tokenLimits.dataBytes + 4096) }), response: z.strictObject({ plaintext: result }) },
  tokenRandom: { request: z.strictObject({ tokenId, length: z.int().min(1).max(tokenLimits.randomBytes), ...tokenLogin }), response: z.strictObject({ random: bytes(1, tokenLimits.randomBytes) }) },
  tokenDigest: { request: z.strictObject({ tokenId, algorithm: z.enum(tokenDigestAlgorithms), data: data(0), ...tokenLogin }), response: z.strictObject({ digest: bytes(1, 64) }) },

  /** PEM, signed by a private key on the token. */
  createTokenCsr: { request: z.strictObject({ ...withKey, ...names }), response: z.strictObject({ csr: z.string() }) },
  /** A certificate that the key signs itself, PEM; put beside the key unless that is not wanted. */
  createTokenCertificate: {
    request: z.strictObject({ ...withKey, ...names, validityDays: z.int().min(1).max(36_500).default(365), isCa: z.boolean().default(false), isStored: z.boolean().default(true) }),
    response: z.strictObject({ certificate: z.string(), objects: z.array(tokenObject) }),
  },
  /** The line for authorized_keys. */
  getTokenSshKey: {
    request: z.strictObject({ tokenId, objectId: tokenObjectId, comment: text(256).optional(), ...tokenLogin }),
    /** `fingerprint`: as ssh-keygen -l shows it. */
    response: z.strictObject({ line: z.string(), fingerprint: z.string() }),
  },

  /** The file, the module, and on a token what it really does: mechanisms are tried with keys that end with the trial. */
  examineTokenModule: {
    request: z.strictObject({ moduleId: tokenModuleId, tokenId: tokenId.optional(), ...tokenLogin }),
    response: z.strictObject({
      file: z.enum(['ok', 'changed', 'missing', 'unsuitable']),
      fileProblem: z.enum(moduleFileProblems).nullable(),
      sha256: z.string(),
      /** Null when the module could not be loaded; then `problem` says why. */
      info: z.strictObject({ cryptokiVersion: z.string(), manufacturer: z.string(), description: z.string(), libraryVersion: z.string() }).nullable(),
      problem: z.strictObject({ code: z.string(), ckr: z.string().nullable() }).nullable(),
      slots: z.int(),
      tokens: z.array(tokenSummary),
      /** Empty without a token. */
      trials: z.array(z.strictObject({ family: z.enum(trialFamilies), outcome: z.enum(trialOutcomes), ckr: z.string().nullable() })),
      quirks: z.array(z.enum(moduleQuirks)),
    }),
  },
  /** Makes the key on a token of SoftHSM that is made for this and thrown away. Nothing on the real token is touched. */
  rehearseTokenKey: {
    request: z.strictObject({ tokenId, keySpec: z.enum(tokenKeySpecs), ...newTokenKey }),
    response: z.strictObject({
      /** `unavailable`: SoftHSM is not installed here. */
      outcome: z.enum(['made', 'refused', 'unavailable']),
      /** Why it was refused. */
      code: z.string().nullable(),
      ckr: z.string().nullable(),
      /** What the key would be. */
      objects: z.array(tokenObject),
      /** What speaks against it on the real token. */
      problems: z.array(z.strictObject({ problem: z.enum(templateProblems), isFatal: z.boolean() })),
    }),
  },
  /**
   * What a PKCS#11 URI (RFC 7512) names. TOKEN_NOT_FOUND, TOKEN_OBJECT_NOT_FOUND; TOKEN_AMBIGUOUS when it fits more than one;
   * INVALID_PARAMETER for what is no such URI. Its query is not followed: it may name files and PINs.
   */
  resolveTokenUri: {
    request: z.strictObject({ uri: text(4096, 1), ...tokenLogin }),
    /** `object` is null when the URI names a token alone. */
    response: z.strictObject({ token: tokenSummary, object: tokenObject.nullable() }),
  },
}
