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
] as const satisfies readonly { kind: SlotKind; icon: string }[]

/** Every kind of slot in a fixed order, with the one that exists of it. */
export function methodRows(slots: readonly SlotEntry[]): MethodRow[] {
  return kinds.map(({ kind, icon }) => ({ kind, icon, slot: slots.find((slot) => slot.kind === kind) ?? null }))
}
