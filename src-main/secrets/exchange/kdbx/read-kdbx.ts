import { tooLarge, unreadable } from '../import-errors'
import type { ImportedSecret } from '../imported'
import { base64Of, latin1Of } from '../text-bytes'
import { childOf, textOf } from './entry-fields'
import { entryOf, type Entry } from './entry'
import { mostKdbxBytes, openKdbx, unzipped, type OpenedKdbx } from './open-kdbx'
import { XmlReader, type XmlElement, type XmlStart } from './xml-reader'

/** A group of entries. Its name may come after them. */
interface Group {
  name: string
  id: string
  readonly parent: Group | null
}

interface Found {
  readonly entry: Entry
  readonly group: Group
}

const mostEntries = 200_000

/**
 * The entries of a KDBX file (borrowed): groups become folders, protected strings secret fields, older states of an
 * entry older versions. Entries in the recycle bin are marked. Values are bytes all the way. Codes of openKdbx().
 */
export async function readKdbx(file: Uint8Array, password: Uint8Array): Promise<ImportedSecret[]> {
  const content = new KdbxContent(await openKdbx(file, password))
  content.read()
  return content.secrets()
}

/** The XML of a file while it is read. */
class KdbxContent {
  readonly #opened: OpenedKdbx
  readonly #reader: XmlReader
  readonly #found: Found[] = []
  #recycleBinId: string | null = null

  constructor(opened: OpenedKdbx) {
    this.#opened = opened
    this.#reader = new XmlReader(opened.xml)
  }

  read(): void {
    const reader = this.#reader
    reader.eachChild(reader.root('KeePassFile'), (part) => {
      if (part.name === 'Root') reader.eachChild(part, (child) => (child.name === 'Group' ? this.#group(child, null) : void this.#tree(child)))
      else if (part.name === 'Meta') this.#meta(this.#tree(part))
      else this.#tree(part)
    })
  }

  secrets(): ImportedSecret[] {
    return this.#found.map(({ entry, group }) => {
      const problems = isIn(group, this.#recycleBinId) ? [...entry.problems, 'is in the recycle bin of the file' as const] : entry.problems
      return { ...entry, folders: foldersOf(group), problems }
    })
  }

  /** Protected values are read in the order of the file, whatever becomes of them: the key stream goes on with each. */
  #tree(start: XmlStart): XmlElement {
    return this.#reader.tree(start, ({ attributes, text }) => {
      if (text.length === 0 || attributes.get('Protected')?.toLowerCase() !== 'true') return text
      const value = base64Of(latin1Of(text).trim())
      if (!value) throw unreadable()
      this.#opened.stream.apply(value)
      return value
    })
  }

  #group(start: XmlStart, parent: Group | null): void {
    const group: Group = { name: '', id: '', parent }
    this.#reader.eachChild(start, (child) => {
      if (child.name === 'Group') return this.#group(child, group)
      const element = this.#tree(child)
      if (child.name === 'Name') group.name = textOf(element)
      if (child.name === 'UUID') group.id = textOf(element)
      if (child.name === 'Entry') this.#found.push({ entry: entryOf(element, this.#opened.binaries), group })
      if (this.#found.length > mostEntries) throw tooLarge()
    })
  }

  #meta(meta: XmlElement): void {
    const isOn = textOf(childOf(meta, 'RecycleBinEnabled')).toLowerCase() !== 'false'
    this.#recycleBinId = isOn ? textOf(childOf(meta, 'RecycleBinUUID')) || null : null
    const { headerHash } = this.#opened
    if (!headerHash) return
    const told = textOf(childOf(meta, 'HeaderHash'))
    if (told !== '' && told !== Buffer.from(headerHash).toString('base64')) throw unreadable()
    this.#olderBinaries(childOf(meta, 'Binaries')?.children ?? [])
  }

  /** Version 3.1: files in the XML, Base64 of the bytes or of their gzip. */
  #olderBinaries(list: readonly XmlElement[]): void {
    let left = mostKdbxBytes
    for (const { attributes, text } of list) {
      const isProtected = attributes.get('Protected')?.toLowerCase() === 'true'
      const stored = isProtected ? text : base64Of(latin1Of(text).trim())
      if (!stored) throw unreadable()
      const bytes = attributes.get('Compressed')?.toLowerCase() === 'true' ? unzipped(stored, left) : stored
      left -= bytes.length
      this.#opened.binaries.set(attributes.get('ID') ?? '', bytes)
    }
  }
}

/** Names from the group below the root to the group itself. */
function foldersOf(group: Group): string[] {
  return group.parent === null ? [] : [...foldersOf(group.parent), group.name]
}

function isIn(group: Group, id: string | null): boolean {
  return id !== null && (group.id === id || (group.parent !== null && isIn(group.parent, id)))
}
