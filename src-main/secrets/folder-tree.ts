/** A folder of names: secrets in it and below, and the folders directly in it. */
interface Folder {
  count: number
  readonly folders: Map<string, Folder>
}

/** A folder as it is listed. */
export interface FolderView {
  path: string
  name: string
  count: number
  hasFolders: boolean
}

const newFolder = (): Folder => ({ count: 0, folders: new Map() })

/** The folders that the names of secrets make, `/` being between them; a folder is there as long as a name is in it. */
export class FolderTree {
  readonly #root = newFolder()

  add(name: string): void {
    let folder = this.#root
    for (const part of partsOf(name)) {
      const below = folder.folders.get(part) ?? newFolder()
      folder.folders.set(part, below)
      below.count += 1
      folder = below
    }
  }

  /** Of a name that was added. */
  remove(name: string): void {
    let folder = this.#root
    for (const part of partsOf(name)) {
      const below = folder.folders.get(part)
      if (!below) return
      below.count -= 1
      if (below.count === 0) folder.folders.delete(part)
      folder = below
    }
  }

  /** The folders directly below `parent` (empty: at the top), by name; none for a folder that is not there. */
  below(parent: string): FolderView[] {
    let folder: Folder | undefined = this.#root
    if (parent !== '') for (const part of parent.split('/')) folder = folder?.folders.get(part)
    const start = parent === '' ? '' : `${parent}/`
    return [...(folder?.folders ?? [])]
      .map(([name, { count, folders }]) => ({ path: start + name, name, count, hasFolders: folders.size > 0 }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }
}

function partsOf(name: string): string[] {
  return name.split('/').slice(0, -1)
}
