import type { PageOperation } from '../../src-shared/contract/bridge'
import type { ChosenPath } from '../../src-shared/contract/desktop'
import type { Envelope } from '../../src-shared/contract/envelope'
import type { EventName, EventPayloads } from '../../src-shared/contract/events'
import type { RequestInput, Response } from '../../src-shared/contract/operations'
import { KmsError } from '../../src-shared/errors'
import { tokenWaits } from '../../src-shared/token-waits'
import { plainCopy } from './plain-copy'
import { withToken } from './token-wait'

type Arguments<N extends PageOperation> = {} extends RequestInput<N> ? [request?: RequestInput<N>] : [request: RequestInput<N>]

/** Every operation as a function that resolves with the response or rejects with a KmsError. */
export type Kms = { readonly [N in PageOperation]: (...args: Arguments<N>) => Promise<Response<N>> }

/** The value of an envelope. Throws the KmsError that the envelope tells of. */
export function openEnvelope<T>(envelope: Envelope<T>): T {
  if (envelope.ok) return envelope.value
  throw new KmsError(envelope.code, envelope.message, envelope.details)
}

type AnyOperation = (request: unknown) => Promise<Envelope<unknown>>

type Caller = (request?: unknown) => Promise<unknown>

function quietCallerOf(name: PageOperation): Caller {
  return async (request = {}) => {
    const operation = window.keystead.operations[name] as AnyOperation
    return openEnvelope(await operation(plainCopy(request)))
  }
}

/** Byte arrays of the request are borrowed until the end, so they are there for a second try. */
function callerOf(name: PageOperation): Caller {
  const call = quietCallerOf(name)
  const kind = tokenWaits[name]
  return kind === undefined ? call : (request) => withToken(kind, () => call(request))
}

function operationsBy(callerFor: (name: PageOperation) => Caller): Kms {
  const callers = new Map<string, Caller>()
  return new Proxy({} as Kms, {
    get(_target, name) {
      if (typeof name !== 'string') return undefined
      const caller = callers.get(name) ?? callerFor(name as PageOperation)
      callers.set(name, caller)
      return caller
    },
  })
}

/**
 * The operations of main: `await kms.createKey({ description })`. Throws KmsError with the codes of the operation. One whose key
 * is on a token that is missed asks for the token, and ends when it is there or when the user does not want to wait.
 */
export const kms = operationsBy(callerOf)

/** The same for what the page asks by itself: nobody is asked for a token then. */
export const quietKms = operationsBy(quietCallerOf)

/** Handles for files and folders dropped on the window. Throws KmsError. */
export async function registerDroppedFiles(files: File[]): Promise<ChosenPath[]> {
  return openEnvelope(await window.keystead.registerDroppedFiles(files)).paths
}

/** Listens to an event of main; answers the function that stops listening. */
export function onEvent<E extends EventName>(event: E, listener: (payload: EventPayloads[E]) => void): () => void {
  return window.keystead.events[event](listener)
}
