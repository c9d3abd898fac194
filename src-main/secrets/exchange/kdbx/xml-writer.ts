import { randomBytes } from 'node:crypto'
import { joinBytes } from '../../../crypto/bytes'
import { epochSeconds } from './entry'
import type { InnerStream } from './ciphers'

const escapes: ReadonlyMap<number, string> = new Map([[0x26, '&amp;'], [0x3c, '&lt;'], [0x3e, '&gt;'], [0x0d, '&#13;']])

/** Writes the XML of a KDBX file from bytes to bytes. What it is given stays as it is until bytes() is called. */
export class XmlWriter {
  readonly #stream: InnerStream
  readonly #parts: Uint8Array[] = []

  constructor(stream: InnerStream) {
    this.#stream = stream
  }

  /** An element and what `inside` writes. */
  element(name: string, inside: () => void): void {
    this.#raw(`<${name}>`)
    inside()
    this.#raw(`</${name}>`)
  }

  /** An element with a text that is no secret. Control characters that XML cannot have are left out. */
  text(name: string, text: string): void {
    this.#raw(`<${name}>`)
    this.#escaped(Buffer.from(text))
    this.#raw(`</${name}>`)
  }

  /** A named string; a protected one goes through the key stream and may have any bytes. */
  string(key: string, value: Uint8Array, isProtected: boolean): void {
    this.element('String', () => {
      this.text('Key', key)
      if (isProtected || value.some(isControl)) this.#protected(value)
      else {
        this.#raw('<Value>')
        this.#escaped(value)
        this.#raw('</Value>')
      }
    })
  }

  /** A file, by its number in the inner header. */
  binary(key: string, ref: number): void {
    this.element('Binary', () => {
      this.text('Key', key)
      this.#raw(`<Value Ref="${ref}"/>`)
    })
  }

  time(name: string, timeMs: number): void {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(Math.floor(timeMs / 1000)) + epochSeconds)
    this.text(name, bytes.toString('base64'))
  }

  newId(): string {
    return randomBytes(16).toString('base64')
  }

  /** What was written so far. */
  bytes(): Uint8Array {
    return joinBytes([Buffer.from('<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n'), ...this.#parts])
  }

  #protected(value: Uint8Array): void {
    const enciphered = Uint8Array.from(value)
    this.#stream.apply(enciphered)
    this.#raw(`<Value Protected="True">${Buffer.from(enciphered).toString('base64')}</Value>`)
  }

  #escaped(value: Uint8Array): void {
    let start = 0
    for (let at = 0; at < value.length; at++) {
      const byte = value[at] ?? 0
      const escape = escapes.get(byte) ?? (isControl(byte) ? '' : undefined)
      if (escape === undefined) continue
      this.#parts.push(value.subarray(start, at))
      this.#raw(escape)
      start = at + 1
    }
    this.#parts.push(value.subarray(start))
  }

  #raw(text: string): void {
    this.#parts.push(Buffer.from(text))
  }
}

/** Bytes that XML cannot have, escaped or not. */
function isControl(byte: number): boolean {
  return byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d
}

