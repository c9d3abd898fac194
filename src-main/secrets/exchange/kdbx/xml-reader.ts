import { joinBytes, ownBytes } from '../../../crypto/bytes'
import { unreadable } from '../import-errors'

/** The beginning of an element; `isEmpty` when it ends at once. */
export interface XmlStart {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly isEmpty: boolean
}

/** An element with all that is in it. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** UTF-8: the text directly in the element; part of the file where nothing in it had to be decoded. */
  readonly text: Uint8Array
}

const [lessThan, greaterThan, slash, exclamation, question, equals, ampersand, semicolon, carriageReturn] = [0x3c, 0x3e, 0x2f, 0x21, 0x3f, 0x3d, 0x26, 0x3b, 0x0d]
const quotes = [0x22, 0x27]
const entities: ReadonlyMap<string, string> = new Map([['lt', '<'], ['gt', '>'], ['amp', '&'], ['quot', '"'], ['apos', "'"]])
const mostDepth = 128
const longestName = 256
const longestEntity = 12
const noText = new Uint8Array(0)
const noAttributes: ReadonlyMap<string, string> = new Map()

/**
 * Reads the XML that password managers write, from bytes to bytes, so that no text is made of a value. There is no
 * document type, hence no entity but those of XML itself. IMPORT_UNREADABLE for what is not well-formed.
 */
export class XmlReader {
  readonly #xml: Buffer
  #at = 0
  #depth = 0

  constructor(xml: Uint8Array) {
    this.#xml = Buffer.from(xml.buffer, xml.byteOffset, xml.length)
    if (xml[0] === 0xef && xml[1] === 0xbb && xml[2] === 0xbf) this.#at = 3
  }

  /** The root element, which must have this name. */
  root(name: string): XmlStart {
    const start = this.#next(null)
    if (start?.name !== name) throw unreadable()
    return start
  }

  /** Calls `visit` at the beginning of each child of the element that was begun last; it must read it to its end with tree() or eachChild(). */
  eachChild(parent: XmlStart, visit: (child: XmlStart) => void): void {
    if (parent.isEmpty) return
    this.#deeper(() => {
      for (let child = this.#next(null); child; child = this.#next(null)) visit(child)
      this.#end(parent)
    })
  }

  /** The rest of an element that has begun. `onElement` sees each element when its text is known, in the order of the file, and may replace the text. */
  tree(start: XmlStart, onElement: (element: Omit<XmlElement, 'children'>) => Uint8Array = ({ text }) => text): XmlElement {
    const { name, attributes } = start
    if (start.isEmpty) return { name, attributes, children: [], text: onElement({ name, attributes, text: noText }) }
    return this.#deeper(() => {
      const children: XmlElement[] = []
      const parts: Uint8Array[] = []
      for (let child = this.#next(parts); child; child = this.#next(null)) children.push(this.tree(child, onElement))
      this.#end(start)
      return { name, attributes, children, text: onElement({ name, attributes, text: wholeOf(parts) }) }
    })
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > mostDepth) throw unreadable()
    const result = read()
    this.#depth -= 1
    return result
  }

  /**
   * The next element; null before an end tag, and the text before that is added to `parts`, comments left out and CDATA
   * sections included. Text before an element is not looked at: there is white space only.
   */
  #next(parts: Uint8Array[] | null): XmlStart | null {
    for (;;) {
      const end = this.#indexOf(lessThan)
      const next = this.#xml[end + 1]
      if (parts && end > this.#at && (next === slash || next === exclamation || next === question)) parts.push(decoded(this.#xml.subarray(this.#at, end)))
      this.#at = end
      if (next === question) this.#skipPast('?>')
      else if (next !== exclamation) return this.#markup()
      else if (this.#startsWith('<!--')) this.#skipPast('-->')
      else if (this.#startsWith('<![CDATA[')) this.#section(parts)
      else throw unreadable()
    }
  }

  /** At `<`: a start tag, or null and nothing read at an end tag. */
  #markup(): XmlStart | null {
    if (this.#xml[this.#at + 1] === slash) return null
    this.#at += 1
    const name = this.#name()
    const attributes = this.#attributes()
    const isEmpty = this.#xml[this.#at] === slash
    if (isEmpty) this.#at += 1
    this.#expect(greaterThan)
    return { name, attributes, isEmpty }
  }

  #end({ name }: XmlStart): void {
    this.#at += 2
    if (this.#name() !== name) throw unreadable()
    this.#skipSpace()
    this.#expect(greaterThan)
  }

  #attributes(): ReadonlyMap<string, string> {
    let attributes: Map<string, string> | null = null
    for (;;) {
      this.#skipSpace()
      const byte = this.#xml[this.#at]
      if (byte === greaterThan || byte === slash) return attributes ?? noAttributes
      const name = this.#name()
      this.#skipSpace()
      this.#expect(equals)
      this.#skipSpace()
      const quote = this.#xml[this.#at] ?? 0
      if (!quotes.includes(quote)) throw unreadable()
      this.#at += 1
      const end = this.#indexOf(quote)
      attributes ??= new Map()
      attributes.set(name, this.#xml.toString('utf8', this.#at, end))
      this.#at = end + 1
    }
  }

  #name(): string {
    const start = this.#at
    while (isNameByte(this.#xml[this.#at])) this.#at += 1
    if (this.#at === start || this.#at - start > longestName) throw unreadable()
    return this.#xml.toString('latin1', start, this.#at)
  }

  #section(parts: Uint8Array[] | null): void {
    const start = this.#at + '<![CDATA['.length
    this.#skipPast(']]>')
    parts?.push(this.#xml.subarray(start, this.#at - ']]>'.length))
  }

  #skipPast(end: string): void {
    const at = this.#xml.indexOf(end, this.#at, 'latin1')
    if (at < 0) throw unreadable()
    this.#at = at + end.length
  }

  #startsWith(text: string): boolean {
    return this.#xml.toString('latin1', this.#at, this.#at + text.length) === text
  }

  #indexOf(byte: number): number {
    const at = this.#xml.indexOf(byte, this.#at)
    if (at < 0) throw unreadable()
    return at
  }

  #skipSpace(): void {
    while (isSpace(this.#xml[this.#at])) this.#at += 1
  }

  #expect(byte: number): void {
    if (this.#xml[this.#at] !== byte) throw unreadable()
    this.#at += 1
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === carriageReturn || byte === 0x09
}

function isNameByte(byte = 0): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2d || byte === 0x2e || byte === 0x3a || byte >= 0x80
}

function wholeOf(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length > 1 ? joinBytes(parts) : (parts[0] ?? noText)
}

/** Entities are put in their place, and CR LF is LF. What has neither is given as it is. */
function decoded(raw: Buffer): Uint8Array {
  if (!raw.includes(ampersand) && !raw.includes(carriageReturn)) return raw
  const text = ownBytes(raw.length)
  let length = 0
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at] ?? 0
    if (byte === ampersand) {
      const end = raw.indexOf(semicolon, at)
      if (end < 0 || end - at > longestEntity) throw unreadable()
      const bytes = entityBytes(raw.toString('latin1', at + 1, end))
      text.set(bytes, length)
      length += bytes.length
      at = end
    } else if (byte !== carriageReturn) text[length++] = byte
    else if (raw[at + 1] !== 0x0a) text[length++] = 0x0a
  }
  return text.subarray(0, length)
}

/** Never longer than the entity itself. */
function entityBytes(entity: string): Uint8Array {
  const named = entities.get(entity)
  if (named !== undefined) return Buffer.from(named)
  const [, hex, decimal] = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(entity) ?? []
  const point = hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : Number.NaN
  if (!(point >= 0 && point <= 0x10_ffff) || (point >= 0xd800 && point <= 0xdfff)) throw unreadable()
  return Buffer.from(String.fromCodePoint(point))
}
