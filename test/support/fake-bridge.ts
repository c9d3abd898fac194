import type { Bridge, PageOperation } from '../../src-shared/contract/bridge'
import type { Envelope } from '../../src-shared/contract/envelope'
import { eventNames, type EventName } from '../../src-shared/contract/events'
import type { Settings } from '../../src-shared/contract/settings'
import type { AuditEntry, VaultStatus } from '../../src-shared/contract/vault'
import { operationNames } from '../../src-shared/contract/catalog'
import { KmsError } from '../../src-shared/errors'
import { ceremonyOperations } from './fake/ceremony-operations'
import { certificateOperations } from './fake/certificate-operations'
import { cryptographyOperations } from './fake/cryptography-operations'
import { fakePath, fileOperations } from './fake/file-operations'
import { importOperations } from './fake/import-operations'
import { keyLifeOperations } from './fake/key-life-operations'
import { keyOperations } from './fake/key-operations'
import { sampleKeys } from './fake/sample-keys'
import { sampleSecrets } from './fake/sample-secrets'
import { secretExchangeOperations } from './fake/secret-exchange-operations'
import { secretOperations } from './fake/secret-operations'
import { secretRotationOperations } from './fake/secret-rotation-operations'
import { secretWindowOperations } from './fake/secret-window-operations'
import { fakeNow, isoBefore, type FakeState } from './fake/state'
import { tokenOperations } from './fake/token-operations'
import { FakeToken } from './fake/token-world'
import { newSlot, sampleWords, vaultOperations } from './fake/vault-operations'
import { whereUsedOperations } from './fake/where-used-operations'

/** Defaults of the settings, repeated here so that the page's fake has no schema library in it. */
const defaults: Settings = {
  theme: 'system',
  language: 'system',
  lockAfterIdleMinutes: 10,
  lockOnSuspend: true,
  lockOnScreenLock: true,
  lockOnWindowClose: true,
  clipboardClearSeconds: 10,
  tokenLogoutMinutes: 10,
}

export const lockedStatus: VaultStatus = {
  state: 'locked',
  name: 'Workstation',
  vaultId: 'v-1',
  slots: ['passphrase', 'recovery-kit'],
  tokenSlots: [],
  pinAttemptsLeft: null,
  keychain: 'available',
  rolledBack: false,
  recoveryKitPending: false,
  problem: null,
}

export const noVault: VaultStatus = { ...lockedStatus, state: 'none', name: null, vaultId: null, slots: [], keychain: null }

function sampleAudit(keys: FakeState['keys'], nowMs: number): AuditEntry[] {
  const operations = ['encryptFiles', 'unlockVault', 'createKey', 'createAlias', 'decrypt', 'encrypt', 'updateKeyDescription', 'lockVault'] as const
  return Array.from({ length: 320 }, (_, index) => {
    const operation = operations[index % operations.length] ?? 'encrypt'
    const refused = index % 17 === 4
    return {
      sequence: 320 - index,
      time: isoBefore(nowMs, 2 + index * 37),
      face: index % 11 === 6 ? 'cli' : operation === 'lockVault' ? 'system' : 'ipc',
      client: index % 11 === 6 ? 'cli' : operation === 'lockVault' ? 'keystead' : 'window',
      operation,
      resource: operation.includes('Vault') ? '' : (keys[index % Math.max(1, keys.length)]?.row.keyId ?? ''),
      result: refused ? 'refused' : 'ok',
      code: refused ? 'INVALID_CIPHERTEXT' : null,
    }
  })
}

export interface FakeOptions {
  status?: Partial<VaultStatus>
  settings?: Partial<Settings>
  systemLanguage?: 'en' | 'zh-CN'
  keyCount?: number
  secretCount?: number
  kdfMs?: number
  nowMs?: number
}

/** A bridge whose main is a few objects in memory, for unit tests of stores and for looking at the window without main. */
export function createFakeBridge(options: FakeOptions = {}): { bridge: Bridge; state: FakeState } {
  const listeners = new Map<EventName, Set<(payload: never) => void>>(eventNames.map((name) => [name, new Set()]))
  const nowMs = options.nowMs ?? fakeNow
  const keys = sampleKeys(options.keyCount ?? 240, nowMs)
  const status = { ...lockedStatus, ...options.status }
  const state: FakeState = {
    status,
    passphrase: 'correct horse battery staple',
    pin: '271828',
    words: sampleWords,
    pendingWords: null,
    slots: status.slots.map((kind) => newSlot(kind, isoBefore(nowMs, 90_000), isoBefore(nowMs, kind === 'recovery-kit' ? 80_000 : 12))),
    keychain: status.keychain ?? 'available',
    settings: { ...defaults, ...options.settings },
    systemLanguage: options.systemLanguage ?? 'en',
    keys,
    certificates: [],
    secrets: sampleSecrets(options.secretCount ?? 120, nowMs),
    audit: sampleAudit(keys, nowMs),
    auditSignatures: [],
    jobs: [],
    kdfMs: options.kdfMs ?? 0,
    nowMs,
    failures: new Map(),
    clipboard: null,
    emit: (event, payload) => listeners.get(event)?.forEach((listener) => listener(payload as never)),
  }

  const token = new FakeToken(state)
  const operations: Record<PageOperation, (request: never) => Promise<unknown>> = {
    ...vaultOperations(state),
    ...keyOperations(state, token),
    ...keyLifeOperations(state, token),
    ...cryptographyOperations(state),
    ...importOperations(state),
    ...certificateOperations(state),
    ...secretOperations(state),
    ...secretWindowOperations(state),
    ...secretRotationOperations(state),
    ...secretExchangeOperations(state),
    ...whereUsedOperations(state),
    ...tokenOperations(token),
    ...ceremonyOperations(state),
    ...fileOperations(state),
    getSettings: async () => ({ settings: state.settings, systemLanguage: state.systemLanguage }),
    async updateSettings(patch: Partial<Settings>) {
      state.settings = { ...state.settings, ...patch }
      state.emit('settingsChanged', state.settings)
      return { settings: state.settings }
    },
    getAppInfo: async () => ({
      version: '0.1.0', electronVersion: '45.4.1', vaultFolder: '/home/ada/.local/share/keystead/vault', isOffline: true, contentProtection: 'on',
    }),
    async copyText({ text }: { text: string }) {
      state.clipboard = text
      return {}
    },
  }

  async function answer(name: PageOperation, request: unknown): Promise<Envelope<unknown>> {
    try {
      const failure = state.failures.get(name)
      state.failures.delete(name)
      if (failure) throw failure
      return { ok: true, value: structuredClone(await operations[name](structuredClone(request) as never)) }
    } catch (problem) {
      const error = problem instanceof KmsError ? problem : new KmsError('INTERNAL', String(problem))
      return { ok: false, code: error.code, message: error.message, details: error.details }
    }
  }

  const pageOperations = operationNames.filter((name): name is PageOperation => name !== 'generateDataKey' && name !== 'batchGetSecretValue' && name !== 'registerDroppedPaths')
  const bridge = {
    operations: Object.fromEntries(pageOperations.map((name) => [name, (request: unknown) => answer(name, request)])),
    events: Object.fromEntries(
      eventNames.map((name) => [
        name,
        (listener: (payload: never) => void) => {
          listeners.get(name)?.add(listener)
          return () => listeners.get(name)?.delete(listener)
        },
      ]),
    ),
    registerDroppedFiles: async (files: File[]) => ({ ok: true, value: { paths: files.map((file) => fakePath(file.name, file.size)) } }),
  }
  return { bridge: bridge as unknown as Bridge, state }
}

/** Puts a fake bridge where the page looks for the preload's. */
export function installFakeBridge(options: FakeOptions = {}): FakeState {
  const { bridge, state } = createFakeBridge(options)
  const target = globalThis as { window?: unknown }
  if (typeof target.window !== 'object') target.window = globalThis
  Object.defineProperty(target.window, 'keystead', { value: bridge, configurable: true, writable: true })
  return state
}
