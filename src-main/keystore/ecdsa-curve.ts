import type { KeySpec } from '../../src-shared/model/keys'
import type { EcdsaCurve } from '../crypto/ecdsa'

const curves: Partial<Record<KeySpec, EcdsaCurve>> = { EC_P256: 'P-256', EC_P256K: 'secp256k1', EC_P384: 'P-384' }

/** The curve of an ECDSA key. RangeError for another spec. */
export function ecdsaCurveOf(keySpec: KeySpec): EcdsaCurve {
  const curve = curves[keySpec]
  if (!curve) throw new RangeError('not a key of an ECDSA curve')
  return curve
}
