import { createHash, createPublicKey, type JsonWebKey } from 'node:crypto'
import { concatBytes, joinBytes, u32, utf8 } from './bytes'

/** An SSH string: the bytes after their length. */
export function sshString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(u32(bytes.length), bytes)
}

/** The public key of a kind from its parts, as authorized_keys has it: `type base64`. */
export function publicKeyLine(type: string, ...parts: readonly Uint8Array[]): string {
  return `${type} ${Buffer.from(joinBytes([utf8(type), ...parts].map(sshString))).toString('base64')}`
}

const curves: Readonly<Record<string, string>> = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' }

/**
 * The public key of a SubjectPublicKeyInfo (DER) as authorized_keys has it: `type base64`. RangeError when OpenSSH has no name
 * for keys of its kind.
 */
export function publicKeyText(spki: Uint8Array): string {
  const { kty, crv = '', n, e, x, y } = jwkOf(spki)
  if (kty === 'RSA') return publicKeyLine('ssh-rsa', positive(part(e)), positive(part(n)))
  if (kty === 'OKP' && crv === 'Ed25519') return publicKeyLine('ssh-ed25519', part(x))
  const curve = curves[crv]
  if (kty !== 'EC' || curve === undefined) throw noName()
  return publicKeyLine(`ecdsa-sha2-${curve}`, utf8(curve), concatBytes(Uint8Array.of(4), part(x), part(y)))
}

/** Electron's runtime does not read keys of every curve; OpenSSH has no name for those. */
function jwkOf(spki: Uint8Array): JsonWebKey {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({ format: 'jwk' })
  } catch {
    throw noName()
  }
}

function noName(): RangeError {
  return new RangeError('OpenSSH has no keys of this kind')
}

/** As `ssh-keygen -l` shows it: SHA-256 of the key, Base64 without padding. */
export function sshFingerprint(line: string): string {
  const digest = createHash('sha256').update(Buffer.from(line.split(' ')[1] ?? '', 'base64')).digest('base64')
  return `SHA256:${digest.replace(/=+$/, '')}`
}

/** An mpint that is not negative: with a zero in front of a highest bit that is set. */
function positive(magnitude: Uint8Array): Uint8Array {
  return (magnitude[0] ?? 0) > 0x7f ? concatBytes(Uint8Array.of(0), magnitude) : magnitude
}

function part(text: string | undefined): Uint8Array {
  return Buffer.from(text ?? '', 'base64url')
}
