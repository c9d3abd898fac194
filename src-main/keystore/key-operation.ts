import type { OperationName } from '../../src-shared/contract/catalog'
import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import type { KeySession } from './key-session'

/** Carries out one operation on the unlocked keys: a parsed request in, the contract's response out. */
export type KeyOperation<N extends OperationName> = (
  session: KeySession,
  caller: Caller,
  request: Request<N>,
) => Response<N> | Promise<Response<N>>

/** The operations of one area, whose names are the keys of its schema file. */
export type KeyOperationsOf<Schemas> = { [N in keyof Schemas & OperationName]: KeyOperation<N> }
