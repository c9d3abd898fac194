import type { TokenObject } from '../../../src-shared/contract/tokens'
import type { SlotEntry, SlotKind } from '../../../src-shared/contract/vault'

/** A line of the table of unlock methods; `slot` is null for one that is not set up. */
export interface MethodRow {
  kind: SlotKind
  icon: string
  slot: SlotEntry | null
}

const kinds = [
  { kind: 'passphrase', icon: 'i-lucide-rectangle-ellipsis' },
  { kind: 'recovery-kit', icon: 'i-lucide-life-buoy' },
  { kind: 'quick-unlock', icon: 'i-lucide-zap' },
  { kind: 'token', icon: 'i-lucide-usb' },
] as const satisfies readonly { kind: SlotKind; icon: string }[]

/** Every kind of slot in a fixed order, with those that exist of it: one line at least. */
export function methodRows(slots: readonly SlotEntry[]): MethodRow[] {
  return kinds.flatMap(({ kind, icon }): MethodRow[] => {
    const existing = slots.filter((slot) => slot.kind === kind)
    return existing.length > 0 ? existing.map((slot) => ({ kind, icon, slot })) : [{ kind, icon, slot: null }]
  })
}

/** A key on a token that may open the vault: it decrypts, and can be found again. */
export function canUnlock({ objectClass, keyType, uses, idHex }: TokenObject): boolean {
  if (idHex === '' || !uses.includes('decrypt')) return false
  return (objectClass === 'private-key' && keyType === 'RSA') || (objectClass === 'secret-key' && keyType === 'AES' && uses.includes('encrypt'))
}
