import type { OperationName } from '../../src-shared/contract/catalog'
import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'

/** Carries out one operation: a parsed request in, the contract's response out, KmsError for every expected refusal. */
export type Handler<N extends OperationName> = (request: Request<N>, caller: Caller) => Promise<Response<N>>

/** One handler for each operation of the catalog; a missing one does not compile. */
export type Handlers = { [N in OperationName]: Handler<N> }

/** The handlers of one area, whose operations are the keys of its schema file. */
export type HandlersOf<Schemas> = Pick<Handlers, keyof Schemas & OperationName>
