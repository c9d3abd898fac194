import type { OperationName } from '../catalog'
import { cryptographyGuide } from './cryptography'
import type { GuideEntry } from './entry'
import { importGuide } from './import'
import { keyGuide } from './keys'
import { secretGuide } from './secrets'
import { tokenKeyGuide } from './token-keys'
import { tokenEndGuide, tokenGuide } from './tokens'
import { vaultGuide } from './vault'

export type { GuideEntry } from './entry'

/** The guide by area, in the order in which it is read. */
export const guideAreas = {
  'Keys, aliases, versions, tags': keyGuide,
  'Cryptographic use': cryptographyGuide,
  'Import, private keys, certificates': importGuide,
  Secrets: secretGuide,
  Tokens: { ...tokenGuide, ...tokenKeyGuide, ...tokenEndGuide },
  'Vault, files, settings': vaultGuide,
} as const satisfies Record<string, Partial<Record<OperationName, GuideEntry>>>

/** What people are told of an operation; null for those of the window alone. */
export function guideOf(operation: OperationName): GuideEntry | null {
  const entries: Partial<Record<OperationName, GuideEntry>> = Object.assign({}, ...Object.values(guideAreas))
  return entries[operation] ?? null
}
