import { join } from 'node:path'
import type { EventName, EventPayloads } from '../src-shared/contract/events'
import { systemCaller, type Caller } from '../src-shared/model/caller'
import { FileJobs } from './files/file-jobs'
import { createWorkerPool } from './files/worker-pool'
import { Keystore } from './keystore/keystore'
import { keysOnTokens } from './keystore/token/keys-on-tokens'
import { allHandlers } from './operations/all-handlers'
import { CallAudit } from './operations/call-audit'
import { SecretClipboard } from './operations/clipboard'
import type { DesktopPort } from './operations/desktop-port'
import { Dispatcher } from './operations/dispatch'
import { SecretWork } from './operations/secret-work'
import { SettingsStore } from './operations/settings-store'
import { FileLog } from './platform/file-log'
import { KeytarKeyring } from './platform/keytar-keyring'
import { PathHandles } from './platform/path-handles'
import { inTime } from './platform/in-time'
import type { Clock, Keyring, Log } from './platform/ports'
import { SettingsFile } from './platform/settings-file'
import { systemClock } from './platform/system-clock'
import { rotationDuty } from './secrets/rotation/rotation-duty'
import { SecretRotations } from './secrets/rotation/rotations'
import { openTargetsWith, type OpenTarget } from './secrets/rotation/targets/open-target'
import { Secrets } from './secrets/secrets'
import { ceremonyTokens } from './tokens/ceremony/ceremony-token'
import { KeyCeremonies } from './tokens/ceremony/key-ceremonies'
import { ModuleRegistry } from './tokens/module-registry'
import { TokenKeyStore } from './tokens/token-key-store'
import { Tokens } from './tokens/tokens'
import { VaultTokens } from './tokens/vault-tokens'
import { VaultUses, type NeededKey } from './tokens/vault-uses'
import { Vault, type VaultOptions } from './vault/vault'

export interface ComposeOptions {
  vaultFolder: string
  /** Settings and log. */
  settingsFolder: string
  desktop: DesktopPort
  /** Entry of the file workers; `file:` URL of the bundle. */
  workerUrl: URL
  /** Entry of the thread that estimates passwords; beside the file workers unless it is elsewhere. */
  strengthWorkerUrl?: URL
  /** The same of the thread that reads and writes files of other programs. */
  exchangeWorkerUrl?: URL
  /** The same of the process in which a token module is loaded. */
  tokenHostUrl?: URL
  /** Opens what secrets are rotated at; through threads from the bundle beside the file workers unless it is given. */
  openTarget?: OpenTarget
  keyring?: Keyring
  /** For tests only: as in VaultOptions. */
  argon2Floor?: VaultOptions['argon2Floor']
  clock?: Clock
  log?: Log
  /** Told when the page reports input. */
  onActivity?: () => void
  /** Told after each lock. */
  onLocked?: () => void
}

/** The services of one run of the application, ready to be called through the dispatcher. */
export interface Application {
  dispatcher: Dispatcher
  vault: Vault
  keystore: Keystore
  secrets: Secrets
  files: FileJobs
  tokens: Tokens
  handles: PathHandles
  settings: SettingsStore
  log: Log
  /** Passes every event of the contract to `send` until the returned function is called. */
  forwardEvents(send: <E extends EventName>(event: E, payload: EventPayloads[E]) => void): () => void
  /** Locks and closes everything, in reverse order. Safe to call more than once. */
  dispose(): Promise<void>
}

/** How long a lock waits for running file jobs to end, for the step of a rotation, and for the clipboard: a disk that hangs must not keep the vault open. */
const jobsPatienceMs = 2000

/** The one place that builds services, in the order in which they depend on each other. */
export async function compose(options: ComposeOptions): Promise<Application> {
  const { vaultFolder, settingsFolder, desktop, workerUrl, clock = systemClock, keyring = new KeytarKeyring() } = options
  const log = options.log ?? new FileLog(join(settingsFolder, 'logs', 'keystead.log'), { clock })
  const settings = await SettingsStore.open(new SettingsFile(join(settingsFolder, 'settings.json')))
  const handles = new PathHandles()
  const registry = await ModuleRegistry.open(join(settingsFolder, 'token-modules.json'), clock)
  const hostEntry = options.tokenHostUrl ?? new URL('token-host.js', workerUrl)
  const tokens = new Tokens({ registry, hostEntry, clock, log, logoutMinutes: () => settings.current.tokenLogoutMinutes })
  const { argon2Floor } = options
  const vault = new Vault({ folder: vaultFolder, clock, keyring, log, tokens: new VaultTokens(tokens), ...(argon2Floor && { argon2Floor }) })
  const audit = new CallAudit(vault.useAudit)
  const keystore = new Keystore({ clock, useAudit: audit, log, tokens: new TokenKeyStore(tokens) })
  vault.register(keystore)
  const openTarget = options.openTarget ?? openTargetsWith(new URL('rotation-worker.js', workerUrl))
  const rotations = new SecretRotations({ openTarget, log })
  const secrets = new Secrets({ keystore, clock, useAudit: audit, log, duties: [rotationDuty(rotations)], isRotating: (secretId) => rotations.isRunning(secretId) })
  vault.register(secrets)
  const clipboard = new SecretClipboard({ desktop, clock, log, clearSeconds: () => settings.current.clipboardClearSeconds })
  const secretWork = new SecretWork()
  const workers = createWorkerPool(workerUrl)
  const files = new FileJobs({ keys: keystore.fileKeys, uses: keystore.fileUses, handles, clock, workers, log })

  const vaultUses = new VaultUses(tokens, () => neededKeys(vault, keystore))
  const ceremonies = new KeyCeremonies({ tokens: ceremonyTokens(tokens), clock })

  const lock = async (caller: Caller) => {
    await settleAll([() => inTime(clipboard.clear(), jobsPatienceMs), () => inTime(files.cancelAll(), jobsPatienceMs), () => inTime(rotations.stop(jobsPatienceMs), 2 * jobsPatienceMs), () => ceremonies.close(), () => inTime(tokens.close(), 2 * jobsPatienceMs), () => keystore.flush()], log)
    handles.clear()
    // An unlock that was under way ends first, so only the vault knows whether there was something to lock.
    if (!(await vault.lock(caller))) return
    // A copy, a rotation, a key ceremony and a login to a token that slipped in.
    await settleAll([() => ceremonies.close(), () => inTime(tokens.close(), 2 * jobsPatienceMs), () => inTime(clipboard.clear(), jobsPatienceMs), () => inTime(rotations.stop(0), jobsPatienceMs)], log)
    // Jobs that slipped in while the first ones ended. What jobs were called is nobody's business from here on.
    void files.cancelAll().then(() => forgetJobs(files)).catch((error: unknown) => log.error('jobs-not-ended', error))
    options.onLocked?.()
  }
  const activity = options.onActivity ?? (() => undefined)
  const strengthWorkerUrl = options.strengthWorkerUrl ?? new URL('strength-worker.js', workerUrl)
  const exchangeWorkerUrl = options.exchangeWorkerUrl ?? new URL('exchange-worker.js', workerUrl)
  const handlers = allHandlers({ vault, keystore, secrets, rotations, openTarget, clipboard, secretWork, strengthWorkerUrl, exchangeWorkerUrl, files, tokens, vaultUses, ceremonies, audit, handles, desktop, settings, clock, vaultFolder, log, lock, activity })
  const dispatcher = new Dispatcher({ handlers, isUnlocked: () => vault.isUnlocked, audit, log })

  const forwardEvents: Application['forwardEvents'] = (send) => forward({ vault, keystore, secrets, clipboard, secretWork, files, tokens, settings }, send)
  const close = async () => {
    if (vault.isUnlocked) await lock(systemCaller('lockVault'))
    await settleAll([() => inTime(clipboard.clear(), jobsPatienceMs), () => files.cancelAll(), () => workers.close(), () => ceremonies.close(), () => inTime(tokens.close(), 2 * jobsPatienceMs), () => vault.dispose()], log)
    if (log instanceof FileLog) log.close()
  }
  let closing: Promise<void> | null = null
  const dispose = () => (closing ??= close())
  return { dispatcher, vault, keystore, secrets, files, tokens, handles, settings, log, forwardEvents, dispose }
}

/** Keys on tokens that are lost to the vault with their objects; while it is locked those alone that open it. */
async function neededKeys(vault: Vault, keystore: Keystore): Promise<NeededKey[]> {
  const kept = keystore.isUnlocked ? await keysOnTokens(keystore.session()) : []
  const slots = await vault.tokenSlots()
  return [
    ...kept.map(({ token, ckaId, keyId, aliasName }): NeededKey => ({ token, idHex: Buffer.from(ckaId).toString('hex'), classes: ['secret-key', 'private-key', 'public-key'], use: { kind: 'master-key', keyId, aliasName } })),
    ...slots.map(({ idHex, algorithm, ...token }): NeededKey => ({ token, idHex, classes: [algorithm === 'AES_GCM' ? 'secret-key' : 'private-key'], use: { kind: 'unlock-slot', keyId: null, aliasName: null } })),
  ]
}

/** Jobs are listed until the lock. */
function forgetJobs(files: FileJobs): void {
  for (const { jobId, finishedAt } of files.listJobs().jobs) if (finishedAt !== null) files.dismissJob({ jobId })
}

/** Runs every step in order even when one fails: closing must go on to the part that destroys the keys. */
async function settleAll(steps: readonly (() => Promise<unknown> | unknown)[], log: Log): Promise<void> {
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      log.error('closing-step-failed', error)
    }
  }
}

type EventSources = Pick<Application, 'vault' | 'keystore' | 'secrets' | 'files' | 'tokens' | 'settings'> & { clipboard: SecretClipboard; secretWork: SecretWork }

function forward({ vault, keystore, secrets, clipboard, secretWork, files, tokens, settings }: EventSources, send: Parameters<Application['forwardEvents']>[0]): () => void {
  const stops = [
    vault.onChange((status) => send('vaultChanged', status)),
    keystore.onChange((keyId) => send('keysChanged', { keyId })),
    secrets.onChange((secretName) => send('secretsChanged', { secretName })),
    clipboard.onChange((clearsAt) => send('clipboardChanged', { clearsAt })),
    secretWork.onProgress((progress) => send('secretWorkChanged', progress)),
    tokens.onChange((tokenId) => send('tokensChanged', { tokenId })),
    files.onChange((job) => send('jobChanged', job)),
    settings.onChange((changed) => send('settingsChanged', changed)),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
