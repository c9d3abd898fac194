import { decodeBase64 } from './base64'
import { notAKey } from './failure'

/** One block of RFC 7468 or RFC 1421. */
export interface PemBlock {
  label: string
  /** Lines such as "DEK-Info: AES-256-CBC,..."; empty in RFC 7468. No secrets. */
  headers: string[]
  /** In memory of its own, for the caller to zero. */
  body: Uint8Array
}

const beginMark = '-----BEGIN '
const marker = '-----'
const maxLabelLength = 64
const maxHeaderBytes = 1024

/** True when the bytes hold what looks like a PEM block; text may stand before it. */
export function looksLikePem(bytes: Uint8Array): boolean {
  return view(bytes).includes(beginMark)
}

/** The first block whose label is one of `labels`; null when there is none. The text is never made a string. */
export function findPemBlock(bytes: Uint8Array, labels: readonly string[]): PemBlock | null {
  const text = view(bytes)
  for (let at = text.indexOf(beginMark); at >= 0; at = text.indexOf(beginMark, at + 1)) {
    const label = readLabel(text, at + beginMark.length)
    if (label !== null && labels.includes(label)) return readBlock(text, at, label)
  }
  return null
}

function readLabel(text: Buffer, start: number): string | null {
  const end = text.subarray(start, start + maxLabelLength + marker.length).indexOf(marker)
  return end < 0 ? null : text.toString('latin1', start, start + end)
}

function readBlock(text: Buffer, begin: number, label: string): PemBlock {
  const start = begin + beginMark.length + label.length + marker.length
  const end = text.indexOf(`-----END ${label}-----`, start)
  if (end < 0) throw notAKey()
  const { headers, length } = readHeaders(text.subarray(start, end))
  const body = decodeBase64(text.subarray(start + length, end), false)
  if (body === null) throw notAKey()
  return { label, headers, body }
}

/** RFC 1421 headers end with an empty line. A colon never appears in Base64. */
function readHeaders(inner: Buffer): { headers: string[]; length: number } {
  const lastColon = inner.lastIndexOf(':')
  if (lastColon < 0) return { headers: [], length: 0 }
  const ends = ['\n\n', '\r\n\r\n'].map((mark) => inner.indexOf(mark, lastColon)).filter((end) => end >= 0)
  const length = Math.min(...ends)
  if (length > maxHeaderBytes) throw notAKey()
  const headers = inner.toString('latin1', 0, length).split(/\r?\n/)
  return { headers: headers.filter((line) => line !== ''), length }
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
