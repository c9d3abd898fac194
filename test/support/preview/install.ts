import { installFakeBridge, noVault } from '../fake-bridge'

/** ?state=none|locked|unlocked &theme= &language= &keys=N &secrets=N &pin=1 &kit=1 &problem=CODE &rolledBack=1 &keychain= */
const query = new URLSearchParams(location.search)
const state = query.get('state') ?? 'unlocked'
const base = state === 'none' ? noVault : { state: state as 'locked' | 'unlocked' }
const pin = query.has('pin') ? { slots: ['passphrase', 'recovery-kit', 'quick-unlock'] as const, pinAttemptsLeft: Number(query.get('pin')) } : {}

installFakeBridge({
  status: {
    ...base,
    ...pin,
    slots: pin.slots ? [...pin.slots] : state === 'none' ? [] : ['passphrase', 'recovery-kit'],
    problem: query.get('problem') as 'VAULT_DAMAGED' | null,
    rolledBack: query.has('rolledBack'),
    keychain: (query.get('keychain') as 'available' | null) ?? 'available',
  },
  settings: { theme: (query.get('theme') as 'dark' | null) ?? 'light', language: (query.get('language') as 'en' | null) ?? 'en' },
  keyCount: Number(query.get('keys') ?? 240),
  secretCount: Number(query.get('secrets') ?? 120),
  kdfMs: Number(query.get('kdf') ?? 700),
  nowMs: Date.now(),
})

