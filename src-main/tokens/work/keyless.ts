import type { Request, Response } from '../../../src-shared/contract/operations'
import type { TokenDigestAlgorithm } from '../../../src-shared/model/token-work'
import { ckm } from '../pkcs11'
import { tokenError } from '../token-errors'
import type { Tokens } from '../tokens'
import { offers } from './chosen-key'

const digests: Readonly<Record<TokenDigestAlgorithm, number>> = { SHA_1: ckm.sha1, SHA_256: ckm.sha256, SHA_384: ckm.sha384, SHA_512: ckm.sha512 }

/** TOKEN_MECHANISM_UNSUPPORTED before the token is asked. */
export async function tokenDigest(tokens: Tokens, { tokenId, algorithm, data }: Request<'tokenDigest'>): Promise<Response<'tokenDigest'>> {
  const mechanism = digests[algorithm]
  if (!offers(await tokens.mechanisms(tokenId), mechanism, 'digest')) throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
  return { digest: await tokens.call(tokenId, 'digest', { mechanism, parameters: { kind: 'none' }, data }) }
}

export async function tokenRandom(tokens: Tokens, { tokenId, length }: Request<'tokenRandom'>): Promise<Response<'tokenRandom'>> {
  return { random: await tokens.call(tokenId, 'random', { length }) }
}
