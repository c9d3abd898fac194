import type { CeremonyProtocol } from '../../../src-shared/contract/token-ceremony'
import { isKmsError } from '../../../src-shared/errors'
import { usesOfPurpose, type CeremonyPurpose } from '../../../src-shared/model/ceremony'
import { ownBytes } from '../../crypto/bytes'
import { checkValueOf } from '../../crypto/key-check-value'
import type { ObjectView } from '../host/calls'
import { newKeyId, secretAttributes } from '../key-templates'
import { Attributes, objectIdOf, refOf } from '../object-view'
import { cka, ckk, ckm, cko } from '../pkcs11'
import { tokenError } from '../token-errors'
import { deleteTokenObjects, takeIn } from '../token-objects'
import type { Tokens } from '../tokens'

/** A key that a ceremony has put on a token. */
export interface WrittenKey {
  idHex: string
  /** Key check value, worked out by the token; null when the token or the key cannot do that. */
  checkValue: () => Promise<string | null>
  remove: () => Promise<void>
}

/** What a ceremony needs of tokens. */
export interface CeremonyTokens {
  /** TOKEN_NOT_FOUND; TOKEN_PIN_NOT_SET for one that is not ready for use; TOKEN_READ_ONLY. */
  describe(tokenId: string): Promise<CeremonyProtocol['token']>
  /** `key` and `userPin` are borrowed; the PIN logs in where nobody is. TOKEN_LOGIN_NEEDED and the codes of tokens. */
  write(tokenId: string, about: { label: string; purpose: CeremonyPurpose }, key: Uint8Array, userPin: Uint8Array | null): Promise<WrittenKey>
}

export function ceremonyTokens(tokens: Tokens): CeremonyTokens {
  return {
    async describe(tokenId) {
      const { label, serial, manufacturer, model, isSoftware, isInitialized, userPin, isWriteProtected } = await tokens.summary(tokenId)
      if (!isInitialized || userPin === 'not-set') throw tokenError('TOKEN_PIN_NOT_SET', { tokenLabel: label })
      if (isWriteProtected) throw tokenError('TOKEN_READ_ONLY', { tokenLabel: label })
      return { label, serial, manufacturer, model, isSoftware }
    },
    async write(tokenId, { label, purpose }, key, userPin) {
      await logIn(tokens, tokenId, userPin)
      const uses = usesOfPurpose[purpose]
      const attributes = secretAttributes({ label, uses: [...uses], isSensitive: true, isExtractable: false, asksEachTime: false }, newKeyId(undefined), allSecretUses)
      const template = [{ type: cka.class, value: cko.secretKey }, { type: cka.keyType, value: ckk.aes }, ...attributes, { type: cka.value, value: key }]
      const view = await tokens.call(tokenId, 'createObject', { template })
      await takeIn(tokens, tokenId, [view])
      return {
        idHex: new Attributes(view).hex(cka.id),
        checkValue: async () => (purpose === 'encrypt' ? checkValueOnToken(tokens, tokenId, view) : null),
        remove: async () => void (await deleteTokenObjects(tokens, { tokenId, objectIds: [objectIdOf(view)] })),
      }
    },
  }
}

const allSecretUses = ['encrypt', 'decrypt', 'sign', 'verify', 'wrap', 'unwrap', 'derive'] as const

async function logIn(tokens: Tokens, tokenId: string, userPin: Uint8Array | null): Promise<void> {
  const { login, needsLogin, hasPinPad, label } = await tokens.summary(tokenId)
  if (!needsLogin || login === 'user') return
  if (userPin === null && !hasPinPad) throw tokenError('TOKEN_LOGIN_NEEDED', { tokenLabel: label })
  await tokens.logIn(tokenId, 'user', userPin)
}

/** A block of zeros under AES-ECB. What the token refuses is no reason to doubt the key. */
async function checkValueOnToken(tokens: Tokens, tokenId: string, view: ObjectView): Promise<string | null> {
  try {
    const block = await tokens.call(tokenId, 'encrypt', { mechanism: ckm.aesEcb, parameters: { kind: 'none' }, key: refOf(view), contextPin: null, data: ownBytes(16) })
    return checkValueOf(block)
  } catch (error) {
    if (isKmsError(error)) return null
    throw error
  }
}
