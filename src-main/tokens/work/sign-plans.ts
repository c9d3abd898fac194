import { createHash } from 'node:crypto'
import { invalidParameter } from '../../../src-shared/errors'
import type { TokenSignAlgorithm } from '../../../src-shared/model/token-work'
import type { TokenKeyType } from '../../../src-shared/model/tokens'
import { concatBytes, equalBytes, ownBytes } from '../../crypto/bytes'
import { isKeyFormatError } from '../../crypto/key-formats/failure'
import { magnitudeOf, readBer, sequenceOf } from '../../crypto/key-formats/ber'
import { sequence, unsignedInteger, writeDer } from '../../crypto/key-formats/der'
import type { MechanismUse, MechanismView } from '../host/calls'
import { ckm, mgf1 } from '../pkcs11'
import { offers } from './chosen-key'

/** What the token is given: the message, its digest, or the digest with the name of its hash before it (RFC 8017 9.2). */
type Input = 'message' | 'digest' | 'digest-info'

export interface SignPlan {
  use: MechanismUse
  input: Input
}

interface Hash {
  name: string
  bytes: number
  /** DER of DigestInfo up to the digest. */
  digestInfo: string
  mechanism: number
}

const hashes = {
  SHA_256: { name: 'sha256', bytes: 32, digestInfo: '3031300d060960864801650304020105000420', mechanism: ckm.sha256 },
  SHA_384: { name: 'sha384', bytes: 48, digestInfo: '3041300d060960864801650304020205000430', mechanism: ckm.sha384 },
  SHA_512: { name: 'sha512', bytes: 64, digestInfo: '3051300d060960864801650304020305000440', mechanism: ckm.sha512 },
} as const satisfies Record<string, Hash>

const none = { kind: 'none' } as const
const plan = (mechanism: number, input: Input): SignPlan => ({ use: { mechanism, parameters: none }, input })
const pss = (mechanism: number, { mechanism: hashMechanism, bytes }: Hash, input: Input): SignPlan => ({
  use: { mechanism, parameters: { kind: 'pss', hashMechanism, mgf: mgf1[hashMechanism] ?? 0, saltBytes: bytes } },
  input,
})

/** In the order in which they are tried: the digest is made here where the token lets it be, so that long messages stay here. */
const plans: Readonly<Record<TokenSignAlgorithm, readonly SignPlan[]>> = {
  RSA_PKCS1_SHA_256: [plan(ckm.rsaPkcs, 'digest-info'), plan(ckm.sha256RsaPkcs, 'message')],
  RSA_PKCS1_SHA_384: [plan(ckm.rsaPkcs, 'digest-info'), plan(ckm.sha384RsaPkcs, 'message')],
  RSA_PKCS1_SHA_512: [plan(ckm.rsaPkcs, 'digest-info'), plan(ckm.sha512RsaPkcs, 'message')],
  RSA_PSS_SHA_256: [pss(ckm.rsaPkcsPss, hashes.SHA_256, 'digest'), pss(ckm.sha256RsaPkcsPss, hashes.SHA_256, 'message')],
  RSA_PSS_SHA_384: [pss(ckm.rsaPkcsPss, hashes.SHA_384, 'digest'), pss(ckm.sha384RsaPkcsPss, hashes.SHA_384, 'message')],
  RSA_PSS_SHA_512: [pss(ckm.rsaPkcsPss, hashes.SHA_512, 'digest'), pss(ckm.sha512RsaPkcsPss, hashes.SHA_512, 'message')],
  ECDSA_SHA_256: [plan(ckm.ecdsa, 'digest'), plan(ckm.ecdsaSha256, 'message')],
  ECDSA_SHA_384: [plan(ckm.ecdsa, 'digest'), plan(ckm.ecdsaSha384, 'message')],
  ECDSA_SHA_512: [plan(ckm.ecdsa, 'digest'), plan(ckm.ecdsaSha512, 'message')],
  ED25519: [plan(ckm.eddsa, 'message')],
  HMAC_SHA_256: [plan(ckm.sha256Hmac, 'message')],
  HMAC_SHA_384: [plan(ckm.sha384Hmac, 'message')],
  HMAC_SHA_512: [plan(ckm.sha512Hmac, 'message')],
}

/** How the token carries out an algorithm; null when it cannot. */
export function signPlan(algorithm: TokenSignAlgorithm, mechanisms: readonly MechanismView[], use: 'sign' | 'verify', messageType: 'RAW' | 'DIGEST'): SignPlan | null {
  const possible = plans[algorithm].filter(({ input }) => messageType === 'RAW' || input !== 'message')
  return possible.find((candidate) => offers(mechanisms, candidate.use.mechanism, use)) ?? null
}

const prefixes: Readonly<Partial<Record<TokenKeyType, string>>> = { RSA: 'RSA_', EC: 'ECDSA_', EDDSA: 'ED25519', GENERIC: 'HMAC_' }

/** Whether keys of the type sign with the algorithm. */
export function isForType(algorithm: TokenSignAlgorithm, keyType: TokenKeyType | null): boolean {
  const prefix = keyType && prefixes[keyType]
  return typeof prefix === 'string' && algorithm.startsWith(prefix)
}

const curveBytes: Readonly<Record<string, number>> = { 'P-256': 32, secp256k1: 32, 'P-384': 48, 'P-521': 66 }

/**
 * What the token is given of a message or digest. `kind`: of the key, as it is shown. INVALID_PARAMETER (message, messageType)
 * for a digest of another length and for algorithms that take none.
 */
export function signInput(algorithm: TokenSignAlgorithm, { input }: SignPlan, kind: string, message: Uint8Array, messageType: 'RAW' | 'DIGEST'): Uint8Array {
  if (input === 'message') return message
  const hash = hashOf(algorithm)
  if (messageType === 'DIGEST' && message.length !== hash.bytes) throw invalidParameter('message', `must be a digest of ${hash.bytes} bytes`)
  const digest = messageType === 'DIGEST' ? message : createHash(hash.name).update(message).digest()
  if (input === 'digest-info') return concatBytes(Buffer.from(hash.digestInfo, 'hex'), digest)
  // ECDSA takes the leftmost bits (FIPS 186-5 6.4.1); not every token cuts by itself.
  return algorithm.startsWith('ECDSA') ? digest.subarray(0, curveBytes[kind] ?? digest.length) : digest
}

/** Ed25519 and HMAC have no form in which a ready digest is signed. */
export function takesDigest(algorithm: TokenSignAlgorithm): boolean {
  return plans[algorithm].some(({ input }) => input !== 'message')
}

function hashOf(algorithm: TokenSignAlgorithm): Hash {
  const name = Object.keys(hashes).find((suffix) => algorithm.endsWith(suffix)) as keyof typeof hashes | undefined
  return hashes[name ?? 'SHA_256']
}

/** DER of the two numbers of an ECDSA signature, which tokens give one after the other. */
export function derSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2
  return writeDer(sequence(unsignedInteger(raw.subarray(0, half)), unsignedInteger(raw.subarray(half))))
}

/** The two numbers of a strictly DER signature for a curve, each as long as the order; null for anything else. */
export function rawSignature(der: Uint8Array, kind: string): Uint8Array | null {
  const length = curveBytes[kind] ?? 0
  try {
    const numbers = sequenceOf(readBer(der)).map(magnitudeOf)
    if (numbers.length !== 2 || numbers.some((number) => number.length > length)) return null
    const raw = ownBytes(2 * length)
    for (const [index, number] of numbers.entries()) raw.set(number, (index + 1) * length - number.length)
    return equalBytes(derSignature(raw), der) ? raw : null
  } catch (error) {
    if (isKeyFormatError(error)) return null
    throw error
  }
}
