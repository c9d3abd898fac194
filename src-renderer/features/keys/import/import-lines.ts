import type { ImportWrappingAlgorithm, WrappingKeySpec } from '../../../../src-shared/model/keys'

/** A way to wrap key material. RSAES_PKCS1_V1_5 is shown and refused, so that people learn why. */
export interface ImportWrapping {
  algorithm: ImportWrappingAlgorithm
  keySpec: WrappingKeySpec
  isRefused: boolean
}

/** The ways to wrap key material, the one to prefer first. */
export const importWrappings: readonly ImportWrapping[] = [
  { algorithm: 'RSAES_OAEP_SHA_256', keySpec: 'RSA_2048', isRefused: false },
  { algorithm: 'RSAES_OAEP_SHA_1', keySpec: 'RSA_2048', isRefused: false },
  { algorithm: 'SM2PKE', keySpec: 'EC_SM2', isRefused: false },
  { algorithm: 'RSAES_PKCS1_V1_5', keySpec: 'RSA_2048', isRefused: true },
]

/** Names of the files that the lines below read and write. */
export const importFiles = { publicKey: 'wrapping-key.pem', token: 'import-token.txt', material: 'material.bin', wrapped: 'wrapped.bin' } as const

const paddings: Readonly<Record<ImportWrappingAlgorithm, string>> = {
  RSAES_OAEP_SHA_256: ' -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256',
  RSAES_OAEP_SHA_1: ' -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1 -pkeyopt rsa_mgf1_md:sha1',
  SM2PKE: '',
  RSAES_PKCS1_V1_5: ' -pkeyopt rsa_padding_mode:pkcs1',
}

/** The OpenSSL line that makes new material of this length, in bytes. */
export function materialLine(bytes: number): string {
  return `openssl rand -out ${importFiles.material} ${bytes}`
}

/** The OpenSSL line that wraps the material with the public key. */
export function wrapLine(algorithm: ImportWrappingAlgorithm): string {
  return `openssl pkeyutl -encrypt -pubin -inkey ${importFiles.publicKey}${paddings[algorithm]} -in ${importFiles.material} -out ${importFiles.wrapped}`
}
