import type { TokenEncryptAlgorithm } from '../../../src-shared/model/token-work'
import { withoutLeadingZeros } from '../../crypto/key-formats/ber'
import { oaepMaxBytes, rsaBits, rsaOaepEncrypt, type OaepHash } from '../../crypto/rsa'
import type { MechanismUse, MechanismView } from '../host/calls'
import { bareRsaUse, oaepUse } from '../key-algorithms'
import { Attributes, refOf } from '../object-view'
import { openOaep } from '../open-oaep'
import { cka, ckm } from '../pkcs11'
import { tokenError } from '../token-errors'
import type { Tokens } from '../tokens'
import { offers, publicPartOf, requireUse, spkiOfKey, type ChosenKey } from './chosen-key'

export type OaepAlgorithm = Extract<TokenEncryptAlgorithm, `RSA_OAEP_${string}`>

const hashes: Readonly<Record<OaepAlgorithm, OaepHash>> = { RSA_OAEP_SHA_256: 'sha256', RSA_OAEP_SHA_1: 'sha1' }

export function oaepUseOf(algorithm: OaepAlgorithm): MechanismUse {
  return oaepUse(hashes[algorithm])
}

/** Whether openOaep() has a way to go. */
export function offersOaep(mechanisms: readonly MechanismView[]): boolean {
  return offers(mechanisms, ckm.rsaPkcsOaep, 'decrypt') || offers(mechanisms, bareRsaUse.mechanism, 'decrypt')
}

/** TOKEN_DATA_REFUSED for a plaintext that is too long for the key, TOKEN_MECHANISM_UNSUPPORTED for one of a size that is not offered. */
export async function oaepEncrypt(tokens: Tokens, key: ChosenKey, algorithm: OaepAlgorithm, plaintext: Uint8Array): Promise<Uint8Array> {
  requireUse(await publicPartOf(tokens, key), 'encrypt')
  const spki = await spkiOfKey(tokens, key)
  const hash = hashes[algorithm]
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

/** Null when the padding is not right; otherwise it is the token that says so. */
export function oaepDecrypt(tokens: Tokens, { tokenId, view }: ChosenKey, algorithm: OaepAlgorithm, ciphertext: Uint8Array, contextPin: Uint8Array | null): Promise<Uint8Array | null> {
  const modulus = withoutLeadingZeros(new Attributes(view).bytes(cka.modulus) ?? ciphertext)
  return openOaep(tokens, { tokenId, key: refOf(view), contextPin, hash: hashes[algorithm], ciphertext, modulusBytes: modulus.length })
}
