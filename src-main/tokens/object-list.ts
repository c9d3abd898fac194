import type { Request, Response } from '../../src-shared/contract/operations'
import type { TokenObject } from '../../src-shared/contract/tokens'
import { tokenObjectClasses } from '../../src-shared/model/tokens'
import type { ObjectView, TokenRef } from './host/calls'
import { objectIdOf, objectOf } from './object-view'
import { tokenError } from './token-errors'
import type { TokenModule } from './token-module'

/** Objects that are read at a time: other calls of the module come in between. */
const batch = 200

interface Row {
  object: TokenObject
  view: ObjectView
  /** What a search looks through. */
  text: string
}

/** The objects of one token, as far as they have been read. Reading goes on by itself. */
export class ObjectList {
  readonly #module: TokenModule
  readonly #token: TokenRef
  readonly #changed: () => void
  readonly #rows = new Map<string, Row>()
  #waiting: string[] = []
  #sorted: Row[] | null = null
  #isClosed = false
  /** Why reading stopped; what is known is then not all. */
  #failure: unknown = null
  /** Ends when all has been read, or nothing more can be. */
  #whole: Promise<void> = Promise.resolve()

  private constructor(module: TokenModule, token: TokenRef, changed: () => void) {
    this.#module = module
    this.#token = token
    this.#changed = changed
  }

  /** Reads the first objects; `changed` is told when more have come. */
  static async read(module: TokenModule, token: TokenRef, changed: () => void): Promise<ObjectList> {
    const list = new ObjectList(module, token, changed)
    const { handles } = await module.call('findObjects', { token, template: [] }, { tokenLabel: token.label })
    list.#waiting = handles
    await list.#readBatch()
    list.#whole = list.#goOn()
    return list
  }

  /** Reading stops; what is known stays. */
  close(): void {
    this.#isClosed = true
  }

  window({ offset, count, search, classes }: Request<'listTokenObjects'>): Response<'listTokenObjects'> {
    this.#sorted ??= [...this.#rows.values()].toSorted(byClassAndLabel)
    const wanted = search.trim().toLowerCase()
    const matching = this.#sorted.filter(({ object, text }) => (classes.length === 0 || classes.includes(object.objectClass)) && text.includes(wanted))
    const objects = matching.slice(offset, offset + count).map(({ object }) => object)
    return { objects, matching: matching.length, read: this.#rows.size, total: this.#rows.size + this.#waiting.length }
  }

  /**
   * The object that an id names. Handles are other ones in another process, so the one object that is what the id says will do.
   * TOKEN_OBJECT_NOT_FOUND when there is none, or more than one.
   */
  async get(objectId: string): Promise<ObjectView> {
    const known = this.#rows.get(objectId)
    if (known) return known.view
    const alike = (await this.whole()).filter((view) => objectId.endsWith(`-${view.check}`))
    const [view] = alike
    if (!view || alike.length > 1) throw tokenError('TOKEN_OBJECT_NOT_FOUND')
    return view
  }

  /** All objects, when they have been read; throws when they cannot be, or are read anew by somebody else. */
  async whole(): Promise<readonly ObjectView[]> {
    await this.#whole
    if (this.#failure) throw this.#failure
    if (this.#waiting.length > 0) throw tokenError('TOKEN_BUSY')
    return this.all()
  }

  /** Objects as they are shown, as far as they have been read. */
  everything(): readonly TokenObject[] {
    return [...this.#rows.values()].map(({ object }) => object)
  }

  all(): readonly ObjectView[] {
    return [...this.#rows.values()].map(({ view }) => view)
  }

  /** Takes in what was made or changed. */
  put(view: ObjectView, before?: string): void {
    if (before !== undefined) this.#rows.delete(before)
    const object = objectOf(view)
    const text = [object.label, object.idHex, object.kind, object.subject ?? '', object.application ?? ''].join('\n').toLowerCase()
    this.#rows.set(objectIdOf(view), { object, view, text })
    this.#sorted = null
  }

  remove(objectId: string): void {
    this.#rows.delete(objectId)
    this.#sorted = null
  }

  async #goOn(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && !this.#isClosed) {
        await this.#readBatch()
        this.#changed()
      }
    } catch (error) {
      // The token has gone, or the module: whoever looks for an object is told, and whoever asks the token next.
      this.#failure = error
      this.#waiting = []
    }
  }

  async #readBatch(): Promise<void> {
    const handles = this.#waiting.splice(0, batch)
    const views = await this.#module.call('readObjects', { token: this.#token, handles }, { tokenLabel: this.#token.label })
    for (const view of views) this.put(view)
  }
}

const order = new Map(tokenObjectClasses.map((name, index) => [name, index]))

function byClassAndLabel({ object: a }: Row, { object: b }: Row): number {
  return (order.get(a.objectClass) ?? 0) - (order.get(b.objectClass) ?? 0) || (a.label < b.label ? -1 : Number(a.label > b.label)) || (a.objectId < b.objectId ? -1 : 1)
}
