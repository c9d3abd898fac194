import type { OperationName } from '../../src-shared/contract/catalog'
import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import type { SecretSession } from './secret-session'

/** Carries out one operation on the unlocked secrets: a parsed request in, the contract's response out. */
export type SecretOperation<N extends OperationName> = (session: SecretSession, caller: Caller, request: Request<N>) => Response<N> | Promise<Response<N>>
