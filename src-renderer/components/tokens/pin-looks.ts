import type { PinState } from '../../../src-shared/model/tokens'

/** What is wrong with a PIN, from what is a hint to what stops the work; null: nothing. */
export const pinLooks = {
  ok: null,
  'not-set': null,
  'to-be-changed': { color: 'info', icon: 'i-lucide-info' },
  low: { color: 'warning', icon: 'i-lucide-triangle-alert' },
  final: { color: 'error', icon: 'i-lucide-triangle-alert' },
  locked: { color: 'error', icon: 'i-lucide-ban' },
} as const satisfies Record<PinState, { color: string; icon: string } | null>
