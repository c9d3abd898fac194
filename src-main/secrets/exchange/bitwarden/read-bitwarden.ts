import { unreadable, wrongPassword } from '../import-errors'
import type { ImportedSecret } from '../imported'
import { objectsAt, parseObject, textAt, type JsonObject } from '../json-values'
import { decryptedExport } from './decrypt-export'
import { itemOf } from './item'

/**
 * The items of a JSON export of Bitwarden (borrowed), plain or protected with a password (UTF-8, borrowed; null: none was
 * given). Codes of decryptedExport().
 */
export async function readBitwarden(file: Uint8Array, password: Uint8Array | null): Promise<ImportedSecret[]> {
  const exported = parseObject(file)
  if (exported['encrypted'] !== true) return itemsOf(exported)
  if (exported['passwordProtected'] === true && password === null) throw wrongPassword()
  return itemsOf(await decryptedExport(exported, password ?? new Uint8Array(0)))
}

function itemsOf(exported: JsonObject): ImportedSecret[] {
  if (!Array.isArray(exported['items'])) throw unreadable()
  const folders = namesById([...objectsAt(exported, 'folders'), ...objectsAt(exported, 'collections')])
  return objectsAt(exported, 'items').map((item) => itemOf(item, folders))
}

/** Folders have `/` in their names where they lie in others. */
function namesById(folders: readonly JsonObject[]): ReadonlyMap<string, readonly string[]> {
  return new Map(folders.map((folder) => [textAt(folder, 'id'), textAt(folder, 'name').split('/')]))
}
