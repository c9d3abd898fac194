import { createHash } from 'node:crypto'
import { isKmsError, type ErrorCode } from '../../src-shared/errors'
import type { AuditSignatureAlgorithm } from '../../src-shared/contract/vault'
import type { TokenSlotAlgorithm } from '../../src-shared/model/tokens'
import { concatBytes } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'
import { rsaOaepEncrypt } from '../crypto/rsa'
import { digestInfo } from '../crypto/rsa-signature'
import type { MechanismUse, ObjectView } from './host/calls'
import { gcmUse } from './key-algorithms'
import { Attributes, refOf } from './object-view'
import { openOaep } from './open-oaep'
import { cka, ckm } from './pkcs11'
import { tokenError } from './token-errors'
import { pairedSpki } from './token-objects'
import type { Tokens } from './tokens'
import { derSignature } from './work/sign-plans'

/** A key with what its use needs: the PIN again for one that asks each time, and what a ciphertext of AES belongs to. */
export interface VaultKey {
  tokenId: string
  view: ObjectView
  contextPin: Uint8Array | null
  context: Uint8Array
}

const ivBytes = 12

/** AES-GCM on the token, its IV before the ciphertext; OAEP needs the public key alone, so that is done here. */
export async function encryptFor(tokens: Tokens, key: VaultKey, algorithm: TokenSlotAlgorithm, secret: Uint8Array): Promise<Uint8Array> {
  if (algorithm === 'RSA_OAEP_SHA_256') return rsaOaepEncrypt(await publicKeyOf(tokens, key), secret, 'sha256')
  const iv = randomBytesOf(ivBytes)
  return concatBytes(iv, await tokens.call(key.tokenId, 'encrypt', { ...gcmUse(iv, key.context), ...part(key), data: secret }))
}

const faults: ReadonlySet<ErrorCode> = new Set(['TOKEN_CIPHERTEXT_REFUSED', 'TOKEN_DATA_REFUSED', 'TOKEN_REFUSED'])

/** TOKEN_CIPHERTEXT_REFUSED for every fault of the ciphertext alike. The caller zeroes the answer. */
export async function decryptWith(tokens: Tokens, key: VaultKey, algorithm: TokenSlotAlgorithm, encrypted: Uint8Array): Promise<Uint8Array> {
  try {
    const secret = algorithm === 'AES_GCM' ? await decryptGcm(tokens, key, encrypted) : await openOaep(tokens, { tokenId: key.tokenId, ...part(key), hash: 'sha256', ciphertext: encrypted })
    if (secret) return secret
  } catch (error) {
    if (!isKmsError(error) || !faults.has(error.code)) throw error
  }
  throw tokenError('TOKEN_CIPHERTEXT_REFUSED')
}

function decryptGcm(tokens: Tokens, key: VaultKey, encrypted: Uint8Array): Promise<Uint8Array> {
  return tokens.call(key.tokenId, 'decrypt', { ...gcmUse(encrypted.subarray(0, ivBytes), key.context), ...part(key), data: encrypted.subarray(ivBytes) })
}

/** The digest is made here. ECDSA: DER of r and s. */
export async function signWith(tokens: Tokens, key: VaultKey, algorithm: AuditSignatureAlgorithm, message: Uint8Array): Promise<Uint8Array> {
  const digest = createHash(algorithm === 'ECDSA_SHA_384' ? 'sha384' : 'sha256').update(message).digest()
  const isRsa = algorithm === 'RSA_PKCS1_SHA_256'
  const use: MechanismUse = { mechanism: isRsa ? ckm.rsaPkcs : ckm.ecdsa, parameters: { kind: 'none' } }
  const made = await tokens.call(key.tokenId, 'sign', { ...use, ...part(key), data: isRsa ? digestInfo(digest) : digest })
  return isRsa ? made : derSignature(made)
}

/** SPKI of a private key. TOKEN_OBJECT_NOT_FOUND when its public key is not on the token. */
export async function publicKeyOf(tokens: Tokens, { tokenId, view }: Pick<VaultKey, 'tokenId' | 'view'>): Promise<Uint8Array> {
  const spki = await pairedSpki(tokens, tokenId, view)
  if (!spki) throw tokenError('TOKEN_OBJECT_NOT_FOUND')
  return spki
}

/** Only keys that ask each time take the PIN with them; none is typed on the reader. */
function part({ view, contextPin }: VaultKey) {
  return { key: refOf(view), contextPin: new Attributes(view).flag(cka.alwaysAuthenticate) === true ? (contextPin ?? new Uint8Array(0)) : null }
}
