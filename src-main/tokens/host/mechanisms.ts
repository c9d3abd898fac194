import pkcs11, { type AesGCM, type Mechanism, type RsaOAEP, type RsaPSS } from 'pkcs11js'
import type { MechanismUse } from './calls'
import { HostError } from './failures'

/** CKZ_DATA_SPECIFIED: the label is in the parameters. */
const dataSpecified = 1

/** Bytes of the parameters of block ciphers: some modules take what is too short, and read on behind it. */
const ivBytes: Readonly<Record<number, number>> = { [pkcs11.CKM_AES_CBC]: 16, [pkcs11.CKM_AES_CBC_PAD]: 16, [pkcs11.CKM_DES3_CBC]: 8, [pkcs11.CKM_DES3_CBC_PAD]: 8 }

/** A mechanism as the addon takes it. BAD_PARAMETERS. */
export function mechanismOf({ mechanism, parameters }: MechanismUse): Mechanism {
  const wanted = ivBytes[mechanism]
  if (wanted !== undefined && (parameters.kind !== 'bytes' || parameters.bytes.length !== wanted)) throw new HostError('BAD_PARAMETERS')
  if (parameters.kind === 'none') return { mechanism }
  return { mechanism, parameter: parametersOf(parameters) }
}

function parametersOf(parameters: Exclude<MechanismUse['parameters'], { kind: 'none' }>): Buffer | AesGCM | RsaOAEP | RsaPSS {
  switch (parameters.kind) {
    case 'bytes':
      return bufferOf(parameters.bytes)
    case 'ctr':
      return counterParameters(parameters.counterBlock)
    case 'gcm':
      // The other form leaves the number of bits to chance, which not every module overlooks.
      return { type: pkcs11.CK_PARAMS_AES_GCM_v240, iv: bufferOf(parameters.iv), aad: bufferOf(parameters.associatedData), ivBits: 8 * parameters.iv.length, tagBits: parameters.tagBits }
    case 'oaep':
      return { type: pkcs11.CK_PARAMS_RSA_OAEP, hashAlg: parameters.hashMechanism, mgf: parameters.mgf, source: dataSpecified }
    case 'pss':
      return { type: pkcs11.CK_PARAMS_RSA_PSS, hashAlg: parameters.hashMechanism, mgf: parameters.mgf, saltLen: parameters.saltBytes }
  }
}

/** CK_AES_CTR_PARAMS, which the addon does not know: CK_ULONG of the counter's bits, all 128, and the block. */
function counterParameters(block: Uint8Array): Buffer {
  const bits = Buffer.alloc(process.platform === 'win32' ? 4 : 8)
  bits[0] = 128
  return Buffer.concat([bits, block])
}

/** The same bytes as a Buffer, not copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
