import { keySpecInfos } from '../../../../src-shared/model/key-specs'
import type { EncryptionAlgorithm, KeySpec, KeyUsage, WrappingKeySpec } from '../../../../src-shared/model/keys'
import type { StateOperation } from '../../../../src-shared/model/state-table'

/** What can be tried with a key; names of the tabs. */
export type Act = 'encrypt' | 'decrypt' | 'reEncrypt' | 'dataKey' | 'sign' | 'verify' | 'generateMac' | 'verifyMac' | 'publicKey'

/** The acts of a key of this spec and usage, the usual one first. */
export function actsOf(keySpec: KeySpec, keyUsage: KeyUsage): readonly Act[] {
  const { family } = keySpecInfos[keySpec]
  if (family === 'symmetric') return ['encrypt', 'decrypt', 'reEncrypt', 'dataKey']
  if (family === 'mac') return ['generateMac', 'verifyMac']
  return keyUsage === 'SIGN/VERIFY' ? ['sign', 'verify', 'publicKey'] : ['encrypt', 'decrypt', 'reEncrypt', 'publicKey']
}

/** The operation whose state rule decides whether the act can be carried out now. */
export const operationOfAct: Readonly<Record<Act, StateOperation>> = {
  encrypt: 'encrypt',
  decrypt: 'decrypt',
  reEncrypt: 'reEncrypt',
  dataKey: 'generateDataKeyWithoutPlaintext',
  sign: 'asymmetricSign',
  verify: 'asymmetricVerify',
  generateMac: 'generateMac',
  verifyMac: 'verifyMac',
  publicKey: 'getPublicKey',
}

/** A way to wrap a data key for another machine, and the type of public key that it takes. */
export interface Wrapping {
  algorithm: EncryptionAlgorithm
  keySpec: WrappingKeySpec
}

/** The ways to wrap a data key, the one to prefer first. */
export const wrappings: readonly Wrapping[] = [
  { algorithm: 'RSAES_OAEP_SHA_256', keySpec: 'RSA_2048' },
  { algorithm: 'RSAES_OAEP_SHA_1', keySpec: 'RSA_2048' },
  { algorithm: 'SM2PKE', keySpec: 'EC_SM2' },
]

/** Most bytes that the algorithm encrypts with keys of the spec. */
export function longestPlaintext(keySpec: KeySpec, algorithm: EncryptionAlgorithm): number {
  return keySpecInfos[keySpec].encryption.find((info) => info.algorithm === algorithm)?.maxPlaintextBytes ?? 0
}
