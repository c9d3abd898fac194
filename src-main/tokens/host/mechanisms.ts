import pkcs11, { type AesGCM, type Mechanism, type RsaOAEP, type RsaPSS } from 'pkcs11js'
import type { MechanismUse } from './calls'

/** CKZ_DATA_SPECIFIED: the label is in the parameters. */
const dataSpecified = 1

/** A mechanism as the addon takes it. */
export function mechanismOf({ mechanism, parameters }: MechanismUse): Mechanism {
  if (parameters.kind === 'none') return { mechanism }
  return { mechanism, parameter: parametersOf(parameters) }
}

function parametersOf(parameters: Exclude<MechanismUse['parameters'], { kind: 'none' }>): Buffer | AesGCM | RsaOAEP | RsaPSS {
  switch (parameters.kind) {
    case 'bytes':
      return bufferOf(parameters.bytes)
    case 'gcm':
      return { type: pkcs11.CK_PARAMS_AES_GCM, iv: bufferOf(parameters.iv), aad: bufferOf(parameters.associatedData), ivBits: 8 * parameters.iv.length, tagBits: parameters.tagBits }
    case 'oaep':
      return { type: pkcs11.CK_PARAMS_RSA_OAEP, hashAlg: parameters.hashMechanism, mgf: parameters.mgf, source: dataSpecified }
    case 'pss':
      return { type: pkcs11.CK_PARAMS_RSA_PSS, hashAlg: parameters.hashMechanism, mgf: parameters.mgf, saltLen: parameters.saltBytes }
  }
}

/** The same bytes as a Buffer, not copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
