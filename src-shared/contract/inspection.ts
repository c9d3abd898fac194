import { z } from 'zod'
import { signatureAlgorithms } from '../model/keys'
import { limits } from '../model/limits'
import { saveTargets } from './desktop'
import { bytes, empty, keyReference, pathHandle, text } from './fields'
import { fileHeaderInfo } from './files'

export const inspectedKinds = [
  'ciphertext-blob',
  'encrypted-file',
  'certificate',
  'certificate-request',
  'public-key',
  'private-key',
  'encrypted-private-key',
  'openssh-private-key',
  'pkcs12',
  'import-token',
  'keystead-backup',
  'unknown',
] as const
export type InspectedKind = (typeof inspectedKinds)[number]

/** Names of the facts that an inspection can tell; texts are the page's. */
export const inspectedFacts = [
  'encoding',
  'algorithm',
  'formatVersion',
  'keySpec',
  'subject',
  'issuer',
  'serial',
  'notBefore',
  'notAfter',
  'subjectAlternativeNames',
  'fingerprint',
  'keyFingerprint',
  'signatureAlgorithm',
  'isAuthority',
  'plaintextBytes',
  'suite',
  'cipher',
  'kdf',
  'expires',
] as const
export type InspectedFact = (typeof inspectedFacts)[number]

export const inspectionSchemas = {
  /** Says what bytes are and which key of the vault opens them. Nothing is decrypted; facts of unverified data are claims. */
  inspectBlob: {
    request: z.strictObject({
      /** Exactly one of the two. Text (Base64, hex, PEM) is recognised. */
      content: bytes(1, limits.inspectedBytes).optional(),
      file: pathHandle('source').optional(),
    }),
    response: z.strictObject({
      kind: z.enum(inspectedKinds),
      fileName: z.string().nullable(),
      sizeBytes: z.int(),
      facts: z.array(z.strictObject({ name: z.enum(inspectedFacts), value: z.string() })),
      /** The key of this vault that it belongs to; null when there is none, or while the vault is locked. */
      keyId: z.string().nullable(),
      keyVersionId: z.string().nullable(),
      /** Whether that key opens it now; null when there is nothing to open or the vault is locked. */
      canOpen: z.boolean().nullable(),
      /** Of an encrypted file. */
      header: fileHeaderInfo.nullable(),
    }),
  },
  /** The digest that AsymmetricSign takes, of a message or a file. ED25519_SHA_512 has none: it signs the message. */
  digestForSigning: {
    request: z.strictObject({
      keyId: keyReference,
      keyVersionId: text(128, 1),
      algorithm: z.enum(signatureAlgorithms),
      /** Exactly one of the two. */
      message: bytes(1, limits.inspectedBytes).optional(),
      file: pathHandle('source').optional(),
    }),
    response: z.strictObject({ digest: bytes(1, limits.signedMessageBytes), fileName: z.string().nullable(), sizeBytes: z.int() }),
  },
  /** A small file that the user has chosen: a wrapped key, a certificate, a signature. */
  readChosenFile: {
    request: z.strictObject({ file: pathHandle('source') }),
    response: z.strictObject({ fileName: z.string(), content: bytes(0, limits.certificateBytes) }),
  },
  /** Writes public bytes (a certificate, a signature, a public key) to the file that the user has chosen. */
  saveChosenFile: {
    request: z.strictObject({ target: pathHandle('target'), content: bytes(1, limits.keyFileBytes) }),
    response: empty,
  },
  chooseSaveTarget: {
    request: z.strictObject({
      what: z.enum(saveTargets),
      suggestedName: text(255, 1),
    }),
    response: z.strictObject({ target: z.strictObject({ handle: z.string(), name: z.string() }).nullable() }),
  },
}
