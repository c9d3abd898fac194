import type { KeySpec, KeyUsage, ProtectionLevel } from '../../../src-shared/model/keys'

/** What the create-key form holds. */
export interface KeyDraft {
  keySpec: KeySpec
  keyUsage: KeyUsage
  /** Without its prefix; empty for none. */
  alias: string
  protectionLevel: ProtectionLevel
  description: string
}

/** A form as it opens: the usual key. */
export function emptyKeyDraft(): KeyDraft {
  return { keySpec: 'Aliyun_AES_256', keyUsage: 'ENCRYPT/DECRYPT', alias: '', protectionLevel: 'SOFTWARE', description: '' }
}
