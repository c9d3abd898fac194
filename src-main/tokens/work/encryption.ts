import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter, isKmsError, type ErrorCode } from '../../../src-shared/errors'
import type { TokenEncryptAlgorithm } from '../../../src-shared/model/token-work'
import { concatBytes } from '../../crypto/bytes'
import { randomBytesOf } from '../../crypto/random'
import type { MechanismUse } from '../host/calls'
import { refOf } from '../object-view'
import { ckm } from '../pkcs11'
import { tokenError } from '../token-errors'
import type { Tokens } from '../tokens'
import { chooseKey, offers, pinForUse, requireUse, type ChosenKey } from './chosen-key'
import { oaepDecrypt, oaepEncrypt, offersOaep } from './oaep-work'

export type AesAlgorithm = Extract<TokenEncryptAlgorithm, `AES_${string}`>

interface AesMode {
  mechanism: number
  ivBytes: number
  /** Least length of what comes after the IV. */
  leastBytes: number
  parameters: (iv: Uint8Array, associatedData: Uint8Array) => MechanismUse['parameters']
}

const tagBits = 128
const modes: Readonly<Record<AesAlgorithm, AesMode>> = {
  AES_GCM: { mechanism: ckm.aesGcm, ivBytes: 12, leastBytes: 16, parameters: (iv, associatedData) => ({ kind: 'gcm', iv, associatedData, tagBits }) },
  AES_CBC_PAD: { mechanism: ckm.aesCbcPad, ivBytes: 16, leastBytes: 16, parameters: (iv) => ({ kind: 'bytes', bytes: iv }) },
  AES_CTR: { mechanism: ckm.aesCtr, ivBytes: 16, leastBytes: 0, parameters: (iv) => ({ kind: 'ctr', counterBlock: iv }) },
}

function isAes(algorithm: TokenEncryptAlgorithm): algorithm is AesAlgorithm {
  return algorithm in modes
}

/** Whether a key of that kind on that token encrypts, or decrypts, with the algorithm. */
export function offersEncryption({ object, mechanisms }: Pick<ChosenKey, 'object' | 'mechanisms'>, algorithm: TokenEncryptAlgorithm, use: 'encrypt' | 'decrypt'): boolean {
  if (isAes(algorithm)) return object.keyType === 'AES' && offers(mechanisms, modes[algorithm].mechanism, use)
  return object.keyType === 'RSA' && (use === 'encrypt' || offersOaep(mechanisms))
}

/** RSA needs the public key alone, so that is done here. */
export async function encryptWithTokenKey(tokens: Tokens, request: Request<'encryptWithTokenKey'>): Promise<Response<'encryptWithTokenKey'>> {
  const { tokenId, algorithm, plaintext, associatedData = new Uint8Array() } = request
  const key = await chooseKey(tokens, request)
  requireAssociated(algorithm, associatedData)
  if (!offersEncryption(key, algorithm, 'encrypt')) throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
  if (!isAes(algorithm)) return { ciphertext: await oaepEncrypt(tokens, key, algorithm, plaintext) }
  requireUse(key, 'encrypt')
  const pin = await pinForUse(tokens, key, request.contextPin)
  const { mechanism, ivBytes, parameters } = modes[algorithm]
  const iv = randomBytesOf(ivBytes)
  const encrypted = await tokens.call(tokenId, 'encrypt', { mechanism, parameters: parameters(iv, associatedData), key: refOf(key.view), contextPin: pin, data: plaintext })
  return { ciphertext: concatBytes(iv, encrypted) }
}

export async function decryptWithTokenKey(tokens: Tokens, request: Request<'decryptWithTokenKey'>): Promise<Response<'decryptWithTokenKey'>> {
  const { tokenId, algorithm, ciphertext, associatedData = new Uint8Array() } = request
  const key = await chooseKey(tokens, request)
  requireAssociated(algorithm, associatedData)
  requireUse(key, 'decrypt')
  if (!offersEncryption(key, algorithm, 'decrypt')) throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
  const pin = await pinForUse(tokens, key, request.contextPin)
  if (!isAes(algorithm)) return { plaintext: await alike(() => oaepDecrypt(tokens, key, algorithm, ciphertext, pin)) }
  const { mechanism, ivBytes, leastBytes, parameters } = modes[algorithm]
  if (ciphertext.length < ivBytes + leastBytes) throw tokenError('TOKEN_CIPHERTEXT_REFUSED')
  const use = { mechanism, parameters: parameters(ciphertext.subarray(0, ivBytes), associatedData) }
  return { plaintext: await alike(() => tokens.call(tokenId, 'decrypt', { ...use, key: refOf(key.view), contextPin: pin, data: ciphertext.subarray(ivBytes) })) }
}

function requireAssociated(algorithm: TokenEncryptAlgorithm, associatedData: Uint8Array): void {
  if (associatedData.length > 0 && algorithm !== 'AES_GCM') throw invalidParameter('associatedData', 'is for AES_GCM alone')
}

const faults: ReadonlySet<ErrorCode> = new Set(['TOKEN_CIPHERTEXT_REFUSED', 'TOKEN_DATA_REFUSED', 'TOKEN_REFUSED'])

/** Modules tell faults of a ciphertext apart by their return values; here it is one refusal, and none of the values goes on. */
async function alike(decrypt: () => Promise<Uint8Array | null>): Promise<Uint8Array> {
  try {
    const plaintext = await decrypt()
    if (plaintext) return plaintext
  } catch (error) {
    if (!isKmsError(error) || !faults.has(error.code)) throw error
  }
  throw tokenError('TOKEN_CIPHERTEXT_REFUSED')
}
