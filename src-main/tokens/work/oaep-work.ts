import { isKmsError } from '../../../src-shared/errors'
import type { TokenEncryptAlgorithm } from '../../../src-shared/model/token-work'
import { withoutLeadingZeros } from '../../crypto/key-formats/ber'
import { unpadDeviceOaep } from '../../crypto/oaep'
import { oaepMaxBytes, rsaBits, rsaOaepEncrypt, type OaepHash } from '../../crypto/rsa'
import type { MechanismUse, MechanismView } from '../host/calls'
import { bareRsaUse, oaepWith } from '../key-algorithms'
import { Attributes, refOf } from '../object-view'
import { cka, ckm } from '../pkcs11'
import { tokenError } from '../token-errors'
import type { TokenModule } from '../token-module'
import type { Tokens } from '../tokens'
import { offers, publicPartOf, requireUse, spkiOfKey, type ChosenKey } from './chosen-key'

export type OaepAlgorithm = Extract<TokenEncryptAlgorithm, `RSA_OAEP_${string}`>

const hashes: Readonly<Record<OaepAlgorithm, { hash: OaepHash; mechanism: number }>> = {
  RSA_OAEP_SHA_256: { hash: 'sha256', mechanism: ckm.sha256 },
  RSA_OAEP_SHA_1: { hash: 'sha1', mechanism: ckm.sha1 },
}

export function oaepUse(algorithm: OaepAlgorithm): MechanismUse {
  return oaepWith(hashes[algorithm].mechanism)
}

/** Some list OAEP and mean SHA-1 alone; with the bare operation of RSA the padding is taken off here. */
export function offersOaep(mechanisms: readonly MechanismView[]): boolean {
  return offers(mechanisms, ckm.rsaPkcsOaep, 'decrypt') || offers(mechanisms, bareRsaUse.mechanism, 'decrypt')
}

/** TOKEN_DATA_REFUSED for a plaintext that is too long for the key, TOKEN_MECHANISM_UNSUPPORTED for one of a size that is not offered. */
export async function oaepEncrypt(tokens: Tokens, key: ChosenKey, algorithm: OaepAlgorithm, plaintext: Uint8Array): Promise<Uint8Array> {
  requireUse(await publicPartOf(tokens, key), 'encrypt')
  const spki = await spkiOfKey(tokens, key)
  const { hash } = hashes[algorithm]
  if (plaintext.length > oaepMaxBytes(sizeOf(spki), hash)) throw tokenError('TOKEN_DATA_REFUSED')
  return rsaOaepEncrypt(spki, plaintext, hash)
}

function sizeOf(spki: Uint8Array): ReturnType<typeof rsaBits> {
  try {
    return rsaBits(spki)
  } catch (error) {
    throw tokenError('TOKEN_MECHANISM_UNSUPPORTED', {}, error)
  }
}

/** Modules that were found to refuse OAEP with an algorithm that they list. */
const refusing = new WeakMap<TokenModule, Set<OaepAlgorithm>>()

/** Null when the padding is not right; otherwise it is the token that says so. */
export async function oaepDecrypt(tokens: Tokens, key: ChosenKey, algorithm: OaepAlgorithm, ciphertext: Uint8Array, contextPin: Uint8Array | null): Promise<Uint8Array | null> {
  const { tokenId, view, mechanisms } = key
  const { module } = await tokens.find(tokenId)
  const request = { key: refOf(view), contextPin, data: ciphertext }
  const canRaw = offers(mechanisms, bareRsaUse.mechanism, 'decrypt')
  if (offers(mechanisms, ckm.rsaPkcsOaep, 'decrypt') && !(canRaw && refusing.get(module)?.has(algorithm))) {
    try {
      return await tokens.call(tokenId, 'decrypt', { ...oaepUse(algorithm), ...request })
    } catch (error) {
      if (!canRaw || !isKmsError(error, 'TOKEN_MECHANISM_UNSUPPORTED')) throw error
      refusing.set(module, (refusing.get(module) ?? new Set()).add(algorithm))
    }
  }
  const block = await tokens.call(tokenId, 'decrypt', { ...bareRsaUse, ...request })
  const modulus = withoutLeadingZeros(new Attributes(view).bytes(cka.modulus) ?? block)
  return unpadDeviceOaep(block, Math.max(modulus.length, block.length), hashes[algorithm].hash)
}
