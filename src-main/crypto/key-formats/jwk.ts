import { concatBytes, utf8, zero } from '../bytes'
import { decodeBase64 } from './base64'
import { ecKey, ed25519Key, knownCurve } from './curve-parts'
import { curves } from './curves'
import type { PrivateKeyParts } from './decoded-key'
import { inconsistent, notAKey, unsupported } from './failure'
import { rsaKey } from './rsa-parts'

type Members = Readonly<Record<string, unknown>>

const maxMemberChars = 1024

/**
 * A private key as JWK (RFC 7517, 7518 section 6, 8037). The parts are strings of the parsed text: they stay in the
 * engine's memory until they are collected.
 */
export function readJwk(bytes: Uint8Array): PrivateKeyParts {
  const members = parse(bytes)
  const opened: Uint8Array[] = []
  const part = (name: string): Uint8Array => {
    const value = decodeMember(members, name)
    opened.push(value)
    return value
  }
  try {
    return readKey(members, part)
  } finally {
    zero(...opened)
  }
}

function readKey(members: Members, part: (name: string) => Uint8Array): PrivateKeyParts {
  switch (members['kty']) {
    case 'RSA':
      return readRsa(members, part)
    case 'EC': {
      const curve = knownCurve(curves.find(({ jwk }) => jwk !== undefined && jwk === members['crv']))
      const [x, y] = [part('x'), part('y')]
      if (x.length !== curve.bytes || y.length !== curve.bytes) throw inconsistent()
      return ecKey(curve, part('d'), concatBytes(Uint8Array.of(4), x, y))
    }
    case 'OKP':
      if (members['crv'] !== 'Ed25519') throw unsupported('of the Edwards curves only Ed25519 is supported')
      return ed25519Key(part('d'), part('x'))
    case 'oct':
      throw unsupported('a JWK of a symmetric key is imported as key material, wrapped')
    default:
      throw notAKey()
  }
}

function readRsa(members: Members, part: (name: string) => Uint8Array): PrivateKeyParts {
  if ('oth' in members) throw unsupported('RSA keys with more than two primes are not supported')
  const [n, e, d] = [part('n'), part('e'), part('d')]
  if (['p', 'q', 'dp', 'dq', 'qi'].some((name) => !(name in members))) throw unsupported('a JWK of an RSA key needs p, q, dp, dq and qi')
  return rsaKey({ n, e, d, p: part('p'), q: part('q'), dp: part('dp'), dq: part('dq'), qi: part('qi') })
}

function parse(bytes: Uint8Array): Members {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  } catch {
    // Not JSON: refused below, without the text of the parser, which repeats what it read.
  }
  throw notAKey()
}

/** A member without which there is no private key: a public JWK has no `d`. */
function decodeMember(members: Members, name: string): Uint8Array {
  const value = Object.hasOwn(members, name) ? members[name] : undefined
  if (typeof value !== 'string' || value.length > maxMemberChars) throw notAKey()
  const text = utf8(value)
  const bytes = decodeBase64(text, true)
  zero(text)
  if (bytes === null) throw notAKey()
  return bytes
}
