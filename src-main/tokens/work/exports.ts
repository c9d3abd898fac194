import type { TokenObject } from '../../../src-shared/contract/tokens'
import type { ExportBarrier } from '../../../src-shared/model/token-work'
import { copyBytes, utf8 } from '../../crypto/bytes'
import { toPem } from '../../crypto/spki'
import { Attributes, refOf, spkiOf } from '../object-view'
import { cka } from '../pkcs11'
import { tokenError } from '../token-errors'
import type { Tokens } from '../tokens'
import { chooseKey, type ChosenKey } from './chosen-key'

/** What leaves a token, in bytes. */
export interface Exported {
  object: TokenObject
  /** For the caller to zero when it is secret. */
  content: Uint8Array
}

/** TOKEN_KEY_NOT_EXTRACTABLE with what keeps it there; TOKEN_OBJECT_NOT_FOUND for an object without a value. */
export async function exportTokenObject(tokens: Tokens, request: { tokenId: string; objectId: string; format: 'PEM' | 'DER' }): Promise<Exported> {
  const key = await chooseKey(tokens, request)
  const { object, view } = key
  const coded = (label: string, der: Uint8Array) => ({ object, content: request.format === 'PEM' ? utf8(toPem(label, der)) : copyBytes(der) })
  switch (object.objectClass) {
    case 'public-key':
      return coded('PUBLIC KEY', spkiOf(view) ?? missing())
    case 'certificate':
      return coded('CERTIFICATE', new Attributes(view).bytes(cka.value) ?? missing())
    case 'private-key':
      throw kept(barrierOf(object) ?? 'private-key')
    case 'secret-key': {
      const barrier = barrierOf(object)
      if (barrier) throw kept(barrier)
      return { object, content: await valueOf(tokens, key) }
    }
    default:
      return { object, content: await valueOf(tokens, key) }
  }
}

/** What keeps the value of a key on its token; null: nothing. */
export function barrierOf({ isExtractable, isSensitive }: Pick<TokenObject, 'isExtractable' | 'isSensitive'>): ExportBarrier | null {
  if (isExtractable === false) return 'not-extractable'
  return isSensitive === true ? 'sensitive' : null
}

export function kept(exportBarrier: ExportBarrier): Error {
  return tokenError('TOKEN_KEY_NOT_EXTRACTABLE', { exportBarrier })
}

async function valueOf(tokens: Tokens, { tokenId, view }: ChosenKey): Promise<Uint8Array> {
  const [value] = await tokens.call(tokenId, 'readAttributes', { object: refOf(view), types: [cka.value] })
  return value ?? missing()
}

function missing(): never {
  throw tokenError('TOKEN_OBJECT_NOT_FOUND')
}
