import { KmsError } from '../../../../src-shared/errors'
import type { Credential, LoginAnswer, TargetChange } from './target'
import type { ConnectedConfig } from './target-config'

/** What the thread is asked to do; the bytes in it are the thread's. */
export type ThreadRequest =
  | { readonly call: 'login'; readonly config: ConnectedConfig; readonly credential: Credential }
  | { readonly call: 'apply'; readonly config: ConnectedConfig; readonly change: TargetChange }
  | { readonly call: 'retire'; readonly config: ConnectedConfig; readonly actor: Credential; readonly credential: Credential }

/** How it ended. */
export type ThreadAnswer = { readonly answer: LoginAnswer | null } | { readonly failure: ThreadFailure }

/** A KmsError as plain data; null for a bug, whose message might quote a value. */
export type ThreadFailure = Pick<KmsError, 'code' | 'message' | 'details'> | null

/** The credentials of a request. */
export function credentialsOf(request: ThreadRequest): Credential[] {
  if (request.call === 'login') return [request.credential]
  if (request.call === 'retire') return [request.actor, request.credential]
  const { admin, from, to } = request.change
  return admin ? [admin, from, to] : [from, to]
}
