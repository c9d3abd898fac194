import { isKmsError } from '../../src-shared/errors'
import { unpadDeviceOaep } from '../crypto/oaep'
import type { OaepHash } from '../crypto/rsa'
import type { HostRequest, MechanismUse, ObjectRef } from './host/calls'
import { bareRsaUse, oaepUse } from './key-algorithms'
import type { TokenModule } from './token-module'
import type { Tokens } from './tokens'

export interface OaepCiphertext {
  tokenId: string
  key: ObjectRef
  /** For a key that asks each time. */
  contextPin: Uint8Array | null
  hash: OaepHash
  ciphertext: Uint8Array
  /** As long as the ciphertext unless it says otherwise. */
  modulusBytes?: number
}

/** Modules that were found to refuse OAEP with a hash. */
const refusing = new WeakMap<TokenModule, Set<OaepHash>>()

/**
 * Decrypts OAEP on the token. Some list OAEP and mean SHA-1 alone, others do not list it: then by the bare operation of RSA, and the
 * padding is taken off here. Null when that is not right; otherwise it is the token that says so. TOKEN_MECHANISM_UNSUPPORTED when
 * it does neither.
 */
export async function openOaep(tokens: Tokens, { tokenId, key, contextPin, hash, ciphertext, modulusBytes = ciphertext.length }: OaepCiphertext): Promise<Uint8Array | null> {
  const { module } = await tokens.find(tokenId)
  const request = { key, contextPin, data: ciphertext }
  const { moduleId } = module.registered
  const isKnown = hash === 'sha256' && tokens.registry.examinationOf(moduleId)?.quirks.includes('oaep-sha1-only')
  if (!isKnown && !refusing.get(module)?.has(hash)) {
    try {
      return await tokens.call(tokenId, 'decrypt', { ...oaepUse(hash), ...request })
    } catch (error) {
      if (!isKmsError(error, 'TOKEN_MECHANISM_UNSUPPORTED')) throw error
    }
  }
  const block = await bareBlock(tokens, tokenId, request)
  if (!block) return null
  // Only now: a bad ciphertext makes some modules refuse OAEP as if they did not know it.
  refusing.set(module, (refusing.get(module) ?? new Set()).add(hash))
  return unpadDeviceOaep(block, Math.max(modulusBytes, block.length), hash)
}

/** Null for a ciphertext that is no number below the modulus: the operation has no parameters, so nothing else can be a bad argument. */
async function bareBlock(tokens: Tokens, tokenId: string, request: Omit<HostRequest<'decrypt'>, 'token' | keyof MechanismUse>): Promise<Uint8Array | null> {
  try {
    return await tokens.call(tokenId, 'decrypt', { ...bareRsaUse, ...request })
  } catch (error) {
    if (isKmsError(error) && error.details.ckr === 'CKR_ARGUMENTS_BAD') return null
    throw error
  }
}
