import { createPublicKey, createVerify, ECDH, type KeyObject } from 'node:crypto'
import { malformed, tampered } from '../file-errors'
import { publicKeyName } from './context'
import type { FileHeader } from './header'

const curve = 'secp384r1'
const compressedBytes = 49
/** SubjectPublicKeyInfo of an uncompressed P-384 point, up to the point. */
const spkiStart = Buffer.from('3076301006072a8648ce3d020106052b81040022036200', 'hex')

/** Longest DER encoding of a P-384 signature. */
export const signatureMaxBytes = 104

/** Checks the signature that ends a signed message: feed it header and body in order, then verify(). */
export class SignatureCheck {
  readonly #key: KeyObject
  readonly #verify = createVerify('sha384')

  /** Takes the key from the header's context. FILE_MALFORMED when there is none or it is no point of the curve. */
  constructor(header: Pick<FileHeader, 'context'>) {
    this.#key = publicKeyOf(header.context[publicKeyName] ?? '')
  }

  /** Header with its tag, then the frames. The buffer is borrowed. */
  update(bytes: Uint8Array): void {
    this.#verify.update(bytes)
  }

  /** FILE_TAMPERED when `signature` (DER) is not one over all bytes given. */
  verify(signature: Uint8Array): void {
    if (!this.#verify.verify(this.#key, signature)) throw tampered()
  }
}

function publicKeyOf(text: string): KeyObject {
  const point = Buffer.from(text, 'base64')
  if (point.length !== compressedBytes || point.toString('base64') !== text) throw malformed('the key of its signature is not valid')
  try {
    const whole = ECDH.convertKey(point, curve, undefined, undefined, 'uncompressed') as Buffer
    return createPublicKey({ key: Buffer.concat([spkiStart, whole]), format: 'der', type: 'spki' })
  } catch {
    throw malformed('the key of its signature is not valid')
  }
}
