import type { OperationName } from '../../../src-shared/contract/catalog'
import type { Envelope } from '../../../src-shared/contract/envelope'
import { sealedTextFields } from '../../../src-shared/contract/transit'
import { KmsError } from '../../../src-shared/errors'
import { zeroBytesIn } from '../../operations/zero-bytes'
import { TransitKey, type TransitCall } from '../../operations/transit'

type Fields = Record<string, unknown>

const maximumSealedBytes = 1024 * 1024

/** The keys with which pages and main seal secrets for each other, one for each window's page. */
export class SealedTransit {
  readonly #keys = new Map<number, TransitKey>()

  /** A new key for the page that this window has loaded; the one before is forgotten. */
  publicKeyFor(webContentsId: number): Uint8Array {
    const key = new TransitKey()
    this.#keys.set(webContentsId, key)
    return key.publicKey
  }

  /** Called when the page's process is replaced. */
  forget(webContentsId: number): void {
    this.#keys.delete(webContentsId)
  }

  /** Agrees on the keys of one call. FORBIDDEN_SENDER when the page has no key or sent none. */
  begin(webContentsId: number, operation: OperationName, pagePublicKey: unknown): TransitCall {
    const call = pagePublicKey instanceof Uint8Array ? this.#keys.get(webContentsId)?.agree(operation, pagePublicKey) : null
    if (!call) throw new KmsError('FORBIDDEN_SENDER', 'The page did not agree on a key for its secrets.')
    return call
  }
}

/**
 * The request with its byte fields opened, in memory of their own; dispatch zeroes them. Anything but a plain object is
 * left to dispatch to refuse. INVALID_PARAMETER when a field is not what the page sealed.
 */
export function openRequest(call: TransitCall, request: unknown): unknown {
  if (typeof request !== 'object' || request === null || Object.prototype.toString.call(request) !== '[object Object]') return request
  const opened: Fields = Object.create(null) as Fields
  try {
    for (const [field, value] of Object.entries(request)) {
      opened[field] = value instanceof Uint8Array ? openField(call, field, value) : value
    }
    return opened
  } catch (error) {
    zeroBytesIn(opened)
    throw error
  }
}

function openField(call: TransitCall, field: string, sealed: Uint8Array): Uint8Array {
  const bytes = sealed.length > maximumSealedBytes ? null : call.open(field, sealed)
  if (bytes) return bytes
  throw new KmsError('INVALID_PARAMETER', 'The request is not valid.', { fields: [{ field: field.slice(0, 64), problem: 'is not sealed for this call' }] })
}

/** The answer with its secret fields sealed; the bytes it held are zeroed. */
export function sealEnvelope(call: TransitCall, envelope: Envelope<unknown>): Envelope<unknown> {
  if (!envelope.ok || typeof envelope.value !== 'object' || envelope.value === null) return envelope
  const entries = Object.entries(envelope.value).map(([field, value]: [string, unknown]) => [field, sealField(call, field, value)])
  return { ok: true, value: Object.fromEntries(entries) }
}

function sealField(call: TransitCall, field: string, value: unknown): unknown {
  if (value instanceof Uint8Array) {
    const sealed = call.seal(field, value)
    value.fill(0)
    return sealed
  }
  return Array.isArray(value) && sealedTextFields.some((name) => name === field) ? call.seal(field, value as string[]) : value
}
