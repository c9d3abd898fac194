import { ownBytes } from '../bytes'
import { kinds, withoutLeadingZeros } from './ber'

/** An element to be written; a part that is a plain array is written as it is. */
export interface DerNode {
  readonly kind: number
  readonly parts: readonly (Uint8Array | DerNode)[]
}

/**
 * DER (ITU-T X.690) of the element, in memory of its own, for the caller to zero. The length is known before the first
 * byte is written, so secrets are copied once, to their place.
 */
export function writeDer(node: DerNode): Uint8Array<ArrayBuffer> {
  const target = ownBytes(encodedLength(node))
  writeNode(node, target, 0)
  return target
}

export function der(kind: number, ...parts: readonly (Uint8Array | DerNode)[]): DerNode {
  return { kind, parts }
}

export function sequence(...parts: readonly (Uint8Array | DerNode)[]): DerNode {
  return der(kinds.sequence, ...parts)
}

/** A set of one element: with more, DER would ask for an order. */
export function setOfOne(part: Uint8Array | DerNode): DerNode {
  return der(kinds.set, part)
}

export function octets(...parts: readonly (Uint8Array | DerNode)[]): DerNode {
  return der(kinds.octetString, ...parts)
}

/** A bit string that fills its last byte. */
export function bits(...parts: readonly (Uint8Array | DerNode)[]): DerNode {
  return der(kinds.bitString, Uint8Array.of(0), ...parts)
}

/** From the magnitude of an integer that is not negative; leading zeros are dropped. */
export function unsignedInteger(magnitude: Uint8Array): DerNode {
  const short = withoutLeadingZeros(magnitude)
  const needsZero = (short[0] ?? 0x80) > 0x7f
  return der(kinds.integer, ...(needsZero ? [Uint8Array.of(0), short] : [short]))
}

/** An integer of 0..2^31-1. */
export function smallInteger(value: number): DerNode {
  return unsignedInteger(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value))
}

export const nullValue: DerNode = { kind: 0x05, parts: [] }

/** An object identifier given with dots. */
export function oid(dotted: string): DerNode {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number)
  return der(kinds.oid, Uint8Array.from([first * 40 + second, ...others].flatMap(base128)))
}

/** [number] EXPLICIT. */
export function explicit(number: number, ...parts: readonly (Uint8Array | DerNode)[]): DerNode {
  return der(0xa0 | number, ...parts)
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

function contentLength(node: DerNode): number {
  return node.parts.reduce((total, part) => total + (part instanceof Uint8Array ? part.length : encodedLength(part)), 0)
}

function encodedLength(node: DerNode): number {
  const length = contentLength(node)
  return 1 + lengthBytes(length).length + length
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length]
  const digits: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest & 0xff)
  return [0x80 | digits.length, ...digits]
}

function writeNode(node: DerNode, target: Uint8Array, start: number): number {
  const header = [node.kind, ...lengthBytes(contentLength(node))]
  target.set(header, start)
  let at = start + header.length
  for (const part of node.parts) {
    if (part instanceof Uint8Array) {
      target.set(part, at)
      at += part.length
    } else {
      at = writeNode(part, target, at)
    }
  }
  return at
}
