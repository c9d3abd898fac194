import type { Envelope } from '../../src-shared/contract/envelope'
import { sealedTextFields, transitKinds, transitLabels } from '../../src-shared/contract/transit'

const ivBytes = 12
const curve = { name: 'ECDH', namedCurve: 'P-256' } as const
const encoder = new TextEncoder()

type Fields = Record<string, unknown>

/** One call's sealing in the page's process: what is sent along, the sealed request, and the opening of the answer. */
export interface SealedCall {
  publicKey: Uint8Array
  request: unknown
  open(envelope: Envelope<Fields>): Promise<Envelope<Fields>>
}

/** Seals the byte fields of `request` for main (see operations/transit.ts) with a key that lives for this call only. */
export async function sealCall(operation: string, request: unknown, mainPublicKey: Uint8Array): Promise<SealedCall> {
  const own = await crypto.subtle.generateKey(curve, false, ['deriveBits'])
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', own.publicKey))
  const theirs = await crypto.subtle.importKey('raw', ownMemory(mainPublicKey), curve, false, [])
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, own.privateKey, 256)
  const secret = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  const salt = new Uint8Array([...publicKey, ...mainPublicKey])
  const requestKey = await derive(secret, salt, transitLabels.request + operation, 'encrypt')
  const responseKey = await derive(secret, salt, transitLabels.response + operation, 'decrypt')
  return {
    publicKey,
    request: await mapFields(request, (field, value) => (value instanceof Uint8Array ? sealBytes(requestKey, field, value) : null)),
    async open(envelope) {
      if (!envelope.ok) return envelope
      return { ok: true, value: await mapFields(envelope.value, (field, value) => (value instanceof Uint8Array ? openField(responseKey, field, value) : null)) }
    },
  }
}

function derive(secret: CryptoKey, salt: Uint8Array<ArrayBuffer>, info: string, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt, info: encoder.encode(info) }
  return crypto.subtle.deriveKey(parameters, secret, { name: 'AES-GCM', length: 256 }, false, [use])
}

/** Anything but a plain object, of whichever realm, is passed on as it is, for main to refuse. */
async function mapFields<T>(fields: T, change: (field: string, value: unknown) => Promise<unknown> | null): Promise<T | Fields> {
  if (typeof fields !== 'object' || fields === null || Object.prototype.toString.call(fields) !== '[object Object]') return fields
  const entries = Object.entries(fields).map(async ([field, value]: [string, unknown]) => [field, await (change(field, value) ?? value)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

async function sealBytes(key: CryptoKey, field: string, bytes: Uint8Array): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes))
  const plain = ownMemory(bytes)
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: encoder.encode(field) }, key, plain)
  plain.fill(0)
  bytes.fill(0)
  const joined = new Uint8Array(ivBytes + sealed.byteLength)
  joined.set(iv)
  joined.set(new Uint8Array(sealed), ivBytes)
  return joined
}

async function openField(key: CryptoKey, field: string, sealed: Uint8Array): Promise<Uint8Array | string[]> {
  const whole = ownMemory(sealed)
  const parameters = { name: 'AES-GCM', iv: whole.subarray(0, ivBytes), additionalData: encoder.encode(field) }
  const content = new Uint8Array(await crypto.subtle.decrypt(parameters, key, whole.subarray(ivBytes)))
  const value = content.slice(1)
  const kind = content[0]
  content.fill(0)
  if (kind !== transitKinds.texts || !sealedTextFields.some((name) => name === field)) return value
  return new TextDecoder().decode(value).split('\0')
}

function ownMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
