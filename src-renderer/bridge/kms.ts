import type { PageOperation } from '../../src-shared/contract/bridge'
import type { ChosenPath } from '../../src-shared/contract/desktop'
import type { Envelope } from '../../src-shared/contract/envelope'
import type { EventName, EventPayloads } from '../../src-shared/contract/events'
import type { RequestInput, Response } from '../../src-shared/contract/operations'
import { KmsError } from '../../src-shared/errors'
import { plainCopy } from './plain-copy'

type Arguments<N extends PageOperation> = {} extends RequestInput<N> ? [request?: RequestInput<N>] : [request: RequestInput<N>]

/** Every operation as a function that resolves with the response or rejects with a KmsError. */
export type Kms = { readonly [N in PageOperation]: (...args: Arguments<N>) => Promise<Response<N>> }

/** The value of an envelope. Throws the KmsError that the envelope tells of. */
export function openEnvelope<T>(envelope: Envelope<T>): T {
  if (envelope.ok) return envelope.value
  throw new KmsError(envelope.code, envelope.message, envelope.details)
}

type AnyOperation = (request: unknown) => Promise<Envelope<unknown>>

function callerOf(name: PageOperation) {
  return async (request: unknown = {}) => {
    const operation = window.keystead.operations[name] as AnyOperation
    return openEnvelope(await operation(plainCopy(request)))
  }
}

const callers = new Map<string, ReturnType<typeof callerOf>>()

/** The operations of main: `await kms.createKey({ description })`. Throws KmsError with the codes of the operation. */
export const kms = new Proxy({} as Kms, {
  get(_target, name) {
    if (typeof name !== 'string') return undefined
    const caller = callers.get(name) ?? callerOf(name as PageOperation)
    callers.set(name, caller)
    return caller
  },
})

/** Handles for files and folders dropped on the window. Throws KmsError. */
export async function registerDroppedFiles(files: File[]): Promise<ChosenPath[]> {
  return openEnvelope(await window.keystead.registerDroppedFiles(files)).paths
}

/** Listens to an event of main; answers the function that stops listening. */
export function onEvent<E extends EventName>(event: E, listener: (payload: EventPayloads[E]) => void): () => void {
  return window.keystead.events[event](listener)
}
