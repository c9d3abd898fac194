import type { OperationName } from './catalog'
import type { Envelope } from './envelope'
import type { EventName, EventPayloads } from './events'
import type { RequestInput, Response } from './operations'

/** Operations that the page may call by name; the preload itself calls registerDroppedPaths. */
export type PageOperation = Exclude<OperationName, 'generateDataKey' | 'batchGetSecretValue' | 'registerDroppedPaths'>

/** The one object that the preload exposes, as `window.keystead`: a function per operation and per event, nothing generic. */
export interface Bridge {
  operations: { [N in PageOperation]: (request: RequestInput<N>) => Promise<Envelope<Response<N>>> }
  events: { [E in EventName]: (listener: (payload: EventPayloads[E]) => void) => () => void }
  /** Turns files and folders dropped on the window into handles; paths stay in the preload and main. */
  registerDroppedFiles(files: File[]): Promise<Envelope<Response<'registerDroppedPaths'>>>
}
