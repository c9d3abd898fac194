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

/** The files of an export: `files/{document id}__{name}`. */
export class ExportedFiles {
  readonly #archive: ZipArchive
  readonly #names: ReadonlyMap<string, string>

  constructor(archive: ZipArchive) {
    this.#archive = archive
    const files = archive.names.filter((name) => name.startsWith(filesFolder) && name.includes('__'))
    this.#names = new Map(files.map((name) => [name.slice(filesFolder.length, name.indexOf('__')), name]))
  }

  /** Null when there is no such file. */
  read(documentId: string): Uint8Array | null {
    const name = this.#names.get(documentId)
    return name === undefined ? null : this.#archive.read(name)
  }
}
