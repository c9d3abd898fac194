/** A group with the items in it, by their titles. */
export interface GroupOf<T> {
  readonly name: string
  readonly groups: Map<string, GroupOf<T>>
  readonly items: { readonly title: string; readonly item: T }[]
}

/** The tree that names with `/` in them make. */
export class FolderGroups<T extends { readonly name: string }> {
  readonly root: GroupOf<T> = newGroup('Root')

  constructor(items: readonly T[]) {
    for (const item of items) {
      const parts = item.name.split('/')
      const title = parts.pop() ?? ''
      let group = this.root
      for (const part of parts) {
        const below = group.groups.get(part) ?? newGroup<T>(part)
        group.groups.set(part, below)
        group = below
      }
      group.items.push({ title, item })
    }
  }
}

function newGroup<T>(name: string): GroupOf<T> {
  return { name, groups: new Map(), items: [] }
}
