import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter } from '../../../src-shared/errors'
import { refOf } from '../object-view'
import { tokenError } from '../token-errors'
import type { Tokens } from '../tokens'
import { chooseKey, pinForUse, publicPartOf, requireUse, type ChosenKey } from './chosen-key'
import { derSignature, isForType, rawSignature, signInput, signPlan, takesDigest } from './sign-plans'

type SignRequest = Pick<Request<'signWithTokenKey'>, 'algorithm' | 'message' | 'messageType'>

/**
 * TOKEN_KEY_USE_REFUSED, TOKEN_MECHANISM_UNSUPPORTED, TOKEN_PIN_NEEDED_AGAIN and INVALID_PARAMETER (message, messageType) before
 * the token is asked.
 */
export async function signWithTokenKey(tokens: Tokens, request: Request<'signWithTokenKey'>): Promise<Response<'signWithTokenKey'>> {
  return { signature: await signWith(tokens, await chooseKey(tokens, request), request, request.contextPin) }
}

/** As signWithTokenKey(), for those that sign more than messages. */
export async function signWith(tokens: Tokens, key: ChosenKey, request: SignRequest, contextPin: Uint8Array | undefined): Promise<Uint8Array> {
  requireUse(key, 'sign')
  const { use, data } = prepare(key, request, 'sign')
  const pin = await pinForUse(tokens, key, contextPin)
  const signature = await tokens.call(key.tokenId, 'sign', { ...use, key: refOf(key.view), contextPin: pin, data })
  return key.object.keyType === 'EC' ? derSignature(signature) : signature
}

export async function verifyWithTokenKey(tokens: Tokens, request: Request<'verifyWithTokenKey'>): Promise<Response<'verifyWithTokenKey'>> {
  const key = await publicPartOf(tokens, await chooseKey(tokens, request))
  requireUse(key, 'verify')
  const { use, data } = prepare(key, request, 'verify')
  const pin = await pinForUse(tokens, key, request.contextPin)
  const signature = key.object.keyType === 'EC' ? rawSignature(request.signature, key.object.kind) : request.signature
  if (!signature) return { isValid: false }
  return tokens.call(key.tokenId, 'verify', { ...use, key: refOf(key.view), contextPin: pin, data, signature })
}

function prepare({ object, mechanisms }: ChosenKey, { algorithm, message, messageType }: SignRequest, use: 'sign' | 'verify') {
  if (!isForType(algorithm, object.keyType)) throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
  if (messageType === 'DIGEST' && !takesDigest(algorithm)) throw invalidParameter('messageType', `must be RAW for ${algorithm}`)
  const plan = signPlan(algorithm, mechanisms, use, messageType)
  if (!plan) throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
  return { use: plan.use, data: signInput(algorithm, plan, object.kind, message, messageType) }
}
