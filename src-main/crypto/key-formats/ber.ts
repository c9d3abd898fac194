import { joinBytes } from '../bytes'
import { notAKey } from './failure'

/** One element of ASN.1. Everything is a view into what was read: secrets are not copied. */
export interface BerNode {
  /** The identifier octet: class, form and tag number. */
  readonly kind: number
  /** Without the end marker of an indefinite length. */
  readonly content: Uint8Array
  /** Empty unless the element is constructed. */
  readonly children: readonly BerNode[]
  /** Header and content. */
  readonly encoded: Uint8Array
}

const constructed = 0x20
const maxDepth = 24
const maxLengthBytes = 4

export const kinds = { integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, sequence: 0x30, set: 0x31 } as const

/**
 * Reads one element that fills `bytes` (ITU-T X.690). BER, not only DER: other programs write PKCS#12 with indefinite
 * lengths and octet strings in pieces. KeyFormatError `not-a-key` for everything else, trailing bytes included.
 */
export function readBer(bytes: Uint8Array): BerNode {
  const { node, end } = readNode(bytes, 0, 0)
  if (end !== bytes.length) throw notAKey()
  return node
}

/** The children of a constructed element of that kind. */
export function childrenOf(node: BerNode | undefined, kind: number): readonly BerNode[] {
  if (node?.kind !== kind) throw notAKey()
  return node.children
}

export function sequenceOf(node: BerNode | undefined): readonly BerNode[] {
  return childrenOf(node, kinds.sequence)
}

/** Magnitude of an integer that is not negative, without leading zeros; empty for zero. */
export function magnitudeOf(node: BerNode | undefined): Uint8Array {
  if (node?.kind !== kinds.integer || node.content.length === 0 || (node.content[0] ?? 0) > 0x7f) throw notAKey()
  return withoutLeadingZeros(node.content)
}

/** An integer of 0..2^31-1. */
export function smallIntegerOf(node: BerNode | undefined): number {
  const magnitude = magnitudeOf(node)
  if (magnitude.length > 4 || (magnitude.length === 4 && (magnitude[0] ?? 0) > 0x7f)) throw notAKey()
  return magnitude.reduce((value, byte) => value * 256 + byte, 0)
}

/** The bytes of an octet string: a view, or a new joint when the string came in pieces. */
export function octetsOf(node: BerNode | undefined): Uint8Array {
  return octetsOfKind(node, kinds.octetString)
}

/** octetsOf for a string that has another tag (IMPLICIT). */
export function octetsOfKind(node: BerNode | undefined, kind: number): Uint8Array {
  if (node?.kind === kind) return node.content
  if (node?.kind === (kind | constructed)) return joinBytes(node.children.map(octetsOf))
  throw notAKey()
}

/** The bytes of a bit string that fills its last byte. */
export function bitsOf(node: BerNode | undefined): Uint8Array {
  return bitsOfKind(node, kinds.bitString)
}

/** bitsOf for a string that has another tag (IMPLICIT). */
export function bitsOfKind(node: BerNode | undefined, kind: number): Uint8Array {
  if (node?.kind !== kind || node.content[0] !== 0) throw notAKey()
  return node.content.subarray(1)
}

/** An object identifier with dots. */
export function oidOf(node: BerNode | undefined): string {
  if (node?.kind !== kinds.oid || node.content.length === 0 || node.content.length > 32) throw notAKey()
  const arcs: number[] = []
  let value = 0
  for (const byte of node.content) {
    value = value * 128 + (byte & 0x7f)
    if (value > Number.MAX_SAFE_INTEGER) throw notAKey()
    if (byte > 0x7f) continue
    arcs.push(value)
    value = 0
  }
  const [joint = 0, ...others] = arcs
  const first = Math.min(Math.floor(joint / 40), 2)
  return [first, joint - first * 40, ...others].join('.')
}

export function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  let start = 0
  while (start < bytes.length && bytes[start] === 0) start++
  return bytes.subarray(start)
}

function readNode(bytes: Uint8Array, start: number, depth: number): { node: BerNode; end: number } {
  const kind = bytes[start]
  // A tag number above 30 takes more bytes; no format read here has one.
  if (depth > maxDepth || kind === undefined || (kind & 0x1f) === 0x1f) throw notAKey()
  const { length, contentStart } = readLength(bytes, start + 1)
  const children: BerNode[] = []
  let contentEnd = contentStart + (length ?? 0)
  let end = contentEnd
  if (length === null) {
    if ((kind & constructed) === 0) throw notAKey()
    contentEnd = readChildren(bytes, contentStart, bytes.length, depth, children, true)
    end = contentEnd + 2
  } else if (end > bytes.length) {
    throw notAKey()
  } else if ((kind & constructed) !== 0) {
    readChildren(bytes.subarray(0, end), contentStart, end, depth, children, false)
  }
  return { node: { kind, content: bytes.subarray(contentStart, contentEnd), children, encoded: bytes.subarray(start, end) }, end }
}

/** Where the content ends: at `end`, or at the end marker of an indefinite length. */
function readChildren(bytes: Uint8Array, start: number, end: number, depth: number, children: BerNode[], untilMarker: boolean): number {
  let at = start
  while (at < end) {
    if (untilMarker && bytes[at] === 0 && bytes[at + 1] === 0) return at
    const child = readNode(bytes, at, depth + 1)
    children.push(child.node)
    at = child.end
  }
  if (untilMarker) throw notAKey()
  return at
}

/** `length` is null for the indefinite form. */
function readLength(bytes: Uint8Array, at: number): { length: number | null; contentStart: number } {
  const first = bytes[at]
  if (first === undefined) throw notAKey()
  if (first < 0x80) return { length: first, contentStart: at + 1 }
  if (first === 0x80) return { length: null, contentStart: at + 1 }
  const count = first & 0x7f
  if (count > maxLengthBytes || at + 1 + count > bytes.length) throw notAKey()
  const length = bytes.subarray(at + 1, at + 1 + count).reduce((value, byte) => value * 256 + byte, 0)
  return { length, contentStart: at + 1 + count }
}
