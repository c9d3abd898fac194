import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { transitKinds, transitLabels } from '../../src-shared/contract/transit'
import { openAesGcm, sealAesGcm } from '../crypto/aes-gcm'
import { concatBytes, copyBytes, ownBytes, utf8, zero } from '../crypto/bytes'
import { hkdfSha256 } from '../crypto/hkdf'

/** Uncompressed P-256 point. */
const pointBytes = 65
const encoder = new TextEncoder()

/** How one call's secrets are sealed between a page and main. The keys are destroyed with close(). */
export interface TransitCall {
  /** The bytes that the page sealed for `field`; null when they are not what the page sealed. The caller zeroes them. */
  open(field: string, sealed: Uint8Array): Uint8Array | null
  /** Seals bytes or a list of texts for the page; the argument is borrowed. */
  seal(field: string, value: Uint8Array | readonly string[]): Uint8Array
  close(): void
}

/**
 * Main's end of the sealing of secrets on their way between a page and main. Message buffers of the browser engine are
 * freed without being overwritten, so what must not stay in memory after lock never enters them in the clear: the page
 * agrees on a key with an ephemeral key of its own for each call (ECDH P-256, HKDF-SHA256) and seals with AES-256-GCM.
 * One TransitKey serves one page process. It protects memory, not against a page that is itself hostile.
 */
export class TransitKey {
  readonly #privateKey: KeyObject
  /** For the page: uncompressed point, 65 bytes. */
  readonly publicKey: Uint8Array

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#privateKey = privateKey
    this.publicKey = pointOf(publicKey)
  }

  /** Agrees with the page's key for one call of `operation`; null when that is no point on the curve. */
  agree(operation: string, pagePublicKey: Uint8Array): TransitCall | null {
    const theirs = keyOf(pagePublicKey)
    if (!theirs) return null
    const shared = diffieHellman({ privateKey: this.#privateKey, publicKey: theirs })
    const salt = concatBytes(pagePublicKey, this.publicKey)
    const requestKey = hkdfSha256(shared, salt, utf8(transitLabels.request + operation), 32)
    const responseKey = hkdfSha256(shared, salt, utf8(transitLabels.response + operation), 32)
    shared.fill(0)
    return {
      open: (field, sealed) => openAesGcm(requestKey, sealed, utf8(field)),
      seal: (field, value) => sealValue(responseKey, field, value),
      close: () => zero(requestKey, responseKey),
    }
  }
}

function sealValue(key: Uint8Array, field: string, value: Uint8Array | readonly string[]): Uint8Array {
  const content = value instanceof Uint8Array ? concatBytes(Uint8Array.of(transitKinds.bytes), value) : encodeTexts(value)
  try {
    return sealAesGcm(key, content, utf8(field))
  } finally {
    content.fill(0)
  }
}

/** Kind, then the texts with NUL between them; written in place, so that no other copy is made. */
function encodeTexts(texts: readonly string[]): Uint8Array {
  const content = ownBytes(1 + texts.reduce((size, text) => size + 3 * text.length + 1, 0))
  content[0] = transitKinds.texts
  let length = 1
  for (const [index, text] of texts.entries()) {
    if (index > 0) length += 1
    length += encoder.encodeInto(text, content.subarray(length)).written
  }
  const exact = copyBytes(content.subarray(0, length))
  content.fill(0)
  return exact
}

function pointOf(key: KeyObject): Uint8Array {
  const { x, y } = key.export({ format: 'jwk' })
  return concatBytes(Uint8Array.of(4), Buffer.from(x ?? '', 'base64url'), Buffer.from(y ?? '', 'base64url'))
}

function keyOf(point: Uint8Array): KeyObject | null {
  if (point.length !== pointBytes || point[0] !== 4) return null
  const coordinate = (from: number) => Buffer.from(point.subarray(from, from + 32)).toString('base64url')
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) } })
  } catch {
    return null
  }
}
