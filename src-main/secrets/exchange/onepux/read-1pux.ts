import type { FoundFile } from '../attachment-list'
import { unreadable } from '../import-errors'
import type { ImportedSecret } from '../imported'
import { isObject, objectAt, objectsAt, parseObject, textAt } from '../json-values'
import { ZipArchive } from '../zip'
import { itemOf } from './item'

/** The file with everything in it. */
export const dataName = 'export.data'
const filesFolder = 'files/'

/**
 * The items of an export of 1Password (1PUX, borrowed): the vaults become folders, when there are more than one. Codes of
 * ZipArchive; IMPORT_UNREADABLE.
 */
export function read1pux(file: Uint8Array): ImportedSecret[] {
  const archive = new ZipArchive(file)
  const data = archive.read(dataName)
  if (!data) throw unreadable()
  const accounts = parseObject(data)
  if (!Array.isArray(accounts['accounts'])) throw unreadable()
  const files = new ExportedFiles(archive)
  const vaults = objectsAt(accounts, 'accounts').flatMap((account) => objectsAt(account, 'vaults'))
  return vaults.flatMap((vault) => {
    const name = textAt(objectAt(vault, 'attrs'), 'name')
    const folders = vaults.length > 1 && name !== '' ? [name] : []
    const items = objectsAt(vault, 'items').map((item) => (isObject(item['item']) ? item['item'] : item))
    return items.map((item) => itemOf(item, folders, files))
  })
}

/** The files of an export: `files/{document id}__{name}`. Each is unpacked once, however many items refer to it. */
export class ExportedFiles {
  readonly #archive: ZipArchive
  readonly #names: ReadonlyMap<string, string>
  readonly #read = new Map<string, Uint8Array>()

  constructor(archive: ZipArchive) {
    this.#archive = archive
    const files = archive.names.filter((name) => name.startsWith(filesFolder) && name.includes('__'))
    this.#names = new Map(files.map((name) => [name.slice(filesFolder.length, name.indexOf('__')), name]))
  }

  /** Null when there is no such file. */
  find(documentId: string): FoundFile | null {
    const name = this.#names.get(documentId)
    const sizeBytes = name === undefined ? null : this.#archive.sizeOf(name)
    return name === undefined || sizeBytes === null ? null : { sizeBytes, read: () => this.#content(name) }
  }

  #content(name: string): Uint8Array {
    const content = this.#read.get(name) ?? this.#archive.read(name)
    if (!content) throw unreadable()
    this.#read.set(name, content)
    return content
  }
}
