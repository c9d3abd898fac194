import { catalog, channelOf, operationNames, type OperationName } from '../../../src-shared/contract/catalog'
import type { Envelope } from '../../../src-shared/contract/envelope'
import { isSealedInTransit, transitChannel } from '../../../src-shared/contract/transit'
import { isKmsError } from '../../../src-shared/errors'
import type { Dispatcher } from '../../operations/dispatch'
import type { Log } from '../../platform/ports'
import { openRequest, sealEnvelope, SealedTransit } from './sealed-transit'
import { isTrustedSender, type SenderEvent } from './sender-guard'

/** The part of Electron's ipcMain that is used. */
export interface IpcHost {
  handle(channel: string, listener: (event: SenderEvent, ...args: unknown[]) => unknown): void
  removeHandler(channel: string): void
}

export interface RouterOptions {
  ipc: IpcHost
  dispatcher: Dispatcher
  isOurWindow: (webContentsId: number) => boolean
  log: Log
}

const source = { face: 'ipc', client: 'window' } as const

const forbidden: Envelope<never> = {
  ok: false,
  code: 'FORBIDDEN_SENDER',
  message: 'This page may not call Keystead.',
  details: {},
}

/** Operations that have a channel. */
export const ipcOperations: readonly OperationName[] = operationNames.filter((name) => catalog[name].faces.some((face) => face === 'ipc'))

/**
 * The IPC face: one channel for each operation of the catalog that is offered here, each answering with an envelope and
 * never with a rejection. Senders that are not a page of ours are refused with FORBIDDEN_SENDER before anything else.
 */
export class IpcRouter {
  readonly #options: RouterOptions
  readonly #transit = new SealedTransit()

  constructor(options: RouterOptions) {
    this.#options = options
    for (const operation of ipcOperations) {
      options.ipc.handle(channelOf(operation), (event, request, pagePublicKey) => this.#answer(operation, event, request, pagePublicKey))
    }
    options.ipc.handle(transitChannel, (event) => (this.#trusts(event) ? this.#transit.publicKeyFor(event.sender.id) : null))
  }

  /** Forgets the key of a page that is being replaced: what it sealed can no longer be opened. */
  forgetPage(webContentsId: number): void {
    this.#transit.forget(webContentsId)
  }

  /** Closes every channel. */
  close(): void {
    for (const operation of ipcOperations) this.#options.ipc.removeHandler(channelOf(operation))
    this.#options.ipc.removeHandler(transitChannel)
  }

  #trusts(event: SenderEvent): boolean {
    return isTrustedSender(event, this.#options.isOurWindow)
  }

  async #answer(operation: OperationName, event: SenderEvent, request: unknown, pagePublicKey: unknown): Promise<Envelope<unknown>> {
    if (!this.#trusts(event)) {
      this.#options.log.warn('foreign-sender', { operation })
      return forbidden
    }
    if (isSealedInTransit(operation)) return this.#answerSealed(operation, event.sender.id, request, pagePublicKey)
    return this.#options.dispatcher.call(operation, request, source)
  }

  async #answerSealed(operation: OperationName, id: number, request: unknown, pagePublicKey: unknown): Promise<Envelope<unknown>> {
    try {
      const call = this.#transit.begin(id, operation, pagePublicKey)
      try {
        const opened = openRequest(call, request)
        return sealEnvelope(call, await this.#options.dispatcher.call(operation, opened, source))
      } finally {
        call.close()
      }
    } catch (error) {
      if (!isKmsError(error)) this.#options.log.error('transit-failed', error, { operation })
      return isKmsError(error)
        ? { ok: false, code: error.code, message: error.message, details: error.details }
        : { ok: false, code: 'INTERNAL', message: 'Something went wrong inside Keystead.', details: {} }
    }
  }
}
