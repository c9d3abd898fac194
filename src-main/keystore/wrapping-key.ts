import type { Request } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import { fromPem, specOfPublicKey } from '../crypto/spki'
import { requireEncryption } from './key-checks'
import { encryptWith } from './public-key-work'
import { PublicKey } from './public-keys'

/** The public key of another machine, ready to take data keys. */
export interface WrappingKey {
  maxPlaintextBytes: number
  /** INVALID_PARAMETER (publicKeyBlob) for a key that has the form only: a point beside its curve, an even modulus. */
  encrypt(dataKey: Uint8Array): Uint8Array
}

const pemStart = '-----BEGIN '

/**
 * Reads the public key of a request: SPKI as DER or as PEM text. INVALID_PARAMETER (publicKeyBlob) when it is no key of
 * wrappingKeySpec, INVALID_PARAMETER (wrappingAlgorithm) when such keys do not have the algorithm.
 */
export function wrappingKeyOf({
  publicKeyBlob,
  wrappingKeySpec,
  wrappingAlgorithm,
}: Pick<Request<'exportDataKey'>, 'publicKeyBlob' | 'wrappingKeySpec' | 'wrappingAlgorithm'>): WrappingKey {
  const { maxPlaintextBytes } = requireEncryption(wrappingKeySpec, wrappingAlgorithm, 'wrappingAlgorithm')
  const spki = derOf(publicKeyBlob)
  if (!spki || specOfPublicKey(spki) !== wrappingKeySpec) throw notThatKey(wrappingKeySpec)
  const key = new PublicKey(spki)
  return {
    maxPlaintextBytes,
    encrypt: (dataKey) => {
      try {
        return encryptWith(key, wrappingAlgorithm, dataKey)
      } catch {
        // The runtime throws errors of its own; the lengths have been checked, so it is the key.
        throw notThatKey(wrappingKeySpec)
      }
    },
  }
}

/** Null when PEM text has not exactly one public key. */
function derOf(blob: Uint8Array): Uint8Array | null {
  const text = Buffer.from(blob).toString('latin1')
  if (!text.trimStart().startsWith(pemStart)) return blob
  const [key, ...others] = fromPem('PUBLIC KEY', text)
  return key && others.length === 0 ? key : null
}

function notThatKey(wrappingKeySpec: string): Error {
  return invalidParameter('publicKeyBlob', `must be the public key (SubjectPublicKeyInfo, DER or PEM) of a key of the spec ${wrappingKeySpec}`)
}
