import type { Request, Response } from '../../../src-shared/contract/operations'
import { isKmsError } from '../../../src-shared/errors'
import { tokenEncryptAlgorithms, tokenSignAlgorithms, tokenWrapAlgorithms, type TokenSignAlgorithm } from '../../../src-shared/model/token-work'
import type { TokenKeyUse } from '../../../src-shared/model/tokens'
import type { Tokens } from '../tokens'
import { chooseKey, publicPartOf, type ChosenKey } from './chosen-key'
import { offersEncryption } from './encryption'
import { isForType, signPlan } from './sign-plans'
import { wrapUseOf } from './wrapping'

/** The hash that goes with a curve comes first. */
const ofCurve: Readonly<Record<string, TokenSignAlgorithm>> = { 'P-384': 'ECDSA_SHA_384', 'P-521': 'ECDSA_SHA_512' }

/** What the uses of the key and the mechanisms of its token leave, from both parts of a pair. */
export async function listTokenKeyAlgorithms(tokens: Tokens, request: Request<'listTokenKeyAlgorithms'>): Promise<Response<'listTokenKeyAlgorithms'>> {
  const key = await chooseKey(tokens, request)
  const other = await otherPart(tokens, key)
  const may = (use: TokenKeyUse) => key.object.uses.includes(use) || (other?.object.uses.includes(use) ?? false)
  const signing = (use: 'sign' | 'verify') => {
    const offered = tokenSignAlgorithms.filter((name) => may(use) && isForType(name, key.object.keyType) && signPlan(name, key.mechanisms, use, 'RAW'))
    const first = ofCurve[key.object.kind]
    return first && offered.includes(first) ? [first, ...offered.filter((name) => name !== first)] : offered
  }
  const encryption = (use: 'encrypt' | 'decrypt') => tokenEncryptAlgorithms.filter((name) => may(use) && offersEncryption(key, name, use))
  const wrapping = (use: 'wrap' | 'unwrap') => tokenWrapAlgorithms.filter((name) => may(use) && wrapUseOf(key, name, use))
  return { sign: signing('sign'), verify: signing('verify'), encrypt: encryption('encrypt'), decrypt: encryption('decrypt'), wrap: wrapping('wrap'), unwrap: wrapping('unwrap') }
}

/** The public part of a private key, where it is on the token. */
async function otherPart(tokens: Tokens, key: ChosenKey): Promise<ChosenKey | null> {
  try {
    return await publicPartOf(tokens, key)
  } catch (error) {
    if (isKmsError(error, 'TOKEN_OBJECT_NOT_FOUND')) return null
    throw error
  }
}
