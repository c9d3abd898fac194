import { channelOf, type OperationName } from '../../src-shared/contract/catalog'
import type { Envelope } from '../../src-shared/contract/envelope'
import { isSealedInTransit, transitChannel } from '../../src-shared/contract/transit'
import { IpcRouter, type IpcHost } from '../../src-main/faces/ipc/router'
import type { SenderEvent } from '../../src-main/faces/ipc/sender-guard'
import type { Dispatcher } from '../../src-main/operations/dispatch'
import type { Log } from '../../src-main/platform/ports'
import { sealCall } from '../../src-main/preload/transit'

type Answer = Envelope<Record<string, unknown>>
type Listener = (event: SenderEvent, ...args: unknown[]) => unknown

const mainFrame = { parent: null, origin: 'app://keystead', url: 'app://keystead/', frameTreeNodeId: 1 }

/** The event of a message from the page of our window. */
export const ownEvent: SenderEvent = { sender: { id: 1, isDestroyed: () => false, mainFrame }, senderFrame: mainFrame }
/** The event of a message from a frame inside the page. */
export const foreignEvent: SenderEvent = { ...ownEvent, senderFrame: { ...mainFrame, parent: mainFrame, frameTreeNodeId: 2 } }

/** A page in front of the real router: sends what it is told, as the preload would or raw. */
export class RouterPage {
  readonly #listeners = new Map<string, Listener>()
  readonly router: IpcRouter

  constructor(dispatcher: Dispatcher, log: Log) {
    const ipc: IpcHost = {
      handle: (channel, listener) => void this.#listeners.set(channel, listener),
      removeHandler: (channel) => void this.#listeners.delete(channel),
    }
    this.router = new IpcRouter({ ipc, dispatcher, isOurWindow: (id) => id === 1, log })
  }

  get channels(): string[] {
    return [...this.#listeners.keys()]
  }

  /** Arguments as they are, without the preload's help. */
  async send(channel: string, event: SenderEvent, ...args: unknown[]): Promise<unknown> {
    const listener = this.#listeners.get(channel)
    if (!listener) throw new Error(`no channel ${channel}`)
    return listener(event, ...args)
  }

  /** A call as the preload makes it: byte fields sealed. */
  async call(operation: OperationName, request: unknown, event = ownEvent): Promise<Answer> {
    if (!isSealedInTransit(operation)) return (await this.send(channelOf(operation), event, request)) as Answer
    const key = (await this.send(transitChannel, event)) as Uint8Array | null
    if (key === null) return (await this.send(channelOf(operation), event, request)) as Answer
    const sealed = await sealCall(operation, request, key)
    return sealed.open((await this.send(channelOf(operation), event, sealed.request, sealed.publicKey)) as Answer)
  }
}
