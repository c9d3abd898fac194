import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AsymmetricKeySpec } from '../../../../src-shared/model/keys'
import { utf8 } from '../../../../src-main/crypto/bytes'
import { decodePrivateKey } from '../../../../src-main/crypto/key-formats/decode-private-key'
import type { DecodedPrivateKey } from '../../../../src-main/crypto/key-formats/decoded-key'
import { KeyFormatError, type KeyFormatReason } from '../../../../src-main/crypto/key-formats/failure'

const folder = join(import.meta.dirname, '../../../vectors/key-formats')

/** The passphrase of the files in test/vectors/key-formats. */
export const passphrase = utf8('correct horse 电池')

/** First part of the names of the files that hold the key of a spec. */
export const fileNames: Readonly<Record<AsymmetricKeySpec, string>> = {
  RSA_2048: 'rsa_2048',
  RSA_3072: 'rsa_3072',
  RSA_4096: 'rsa_4096',
  EC_P256: 'ec_p256',
  EC_P256K: 'ec_p256k',
  EC_P384: 'ec_p384',
  EC_SM2: 'ec_sm2',
  Ed25519: 'ed25519',
}

export function vector(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(join(folder, name)))
}

/** DER of a PEM file with one block. */
export function pemVector(name: string): Uint8Array {
  const text = new TextDecoder().decode(vector(name))
  return Uint8Array.from(Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64'))
}

export function materialOf(key: DecodedPrivateKey): Uint8Array {
  return key.material.use((bytes) => Uint8Array.from(bytes))
}

/** The reason for which the bytes are refused; null when they are not. Fails for every error that is not typed. */
export async function refusalOf(bytes: Uint8Array, phrase: Uint8Array | null = null): Promise<KeyFormatReason | null> {
  try {
    await decodePrivateKey(bytes, phrase)
    return null
  } catch (error) {
    if (error instanceof KeyFormatError) return error.reason
    throw error
  }
}
