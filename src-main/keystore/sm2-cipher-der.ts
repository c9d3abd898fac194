import { octets, sequence, unsignedInteger, writeDer } from '../crypto/key-formats/der'

/** Ends of the parts of an SM2 ciphertext: 04 ‖ x, y, C3; the rest is C2. */
const [xEnd, yEnd, digestEnd] = [33, 65, 97] as const

/** SM2Cipher of GM/T 0009, of what the crypto room gives (04 ‖ C1C3C2): SEQUENCE of INTEGERs x, y and OCTET STRINGs C3, C2. */
export function sm2CipherDer(ciphertext: Uint8Array): Uint8Array {
  const [x, y] = [ciphertext.subarray(1, xEnd), ciphertext.subarray(xEnd, yEnd)]
  return writeDer(sequence(unsignedInteger(x), unsignedInteger(y), octets(ciphertext.subarray(yEnd, digestEnd)), octets(ciphertext.subarray(digestEnd))))
}
