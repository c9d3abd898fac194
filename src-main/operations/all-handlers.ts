import type { FileJobs } from '../files/file-jobs'
import type { Keystore } from '../keystore/keystore'
import type { Log } from '../platform/ports'
import type { SecretRotations } from '../secrets/rotation/rotations'
import type { OpenTarget } from '../secrets/rotation/targets/open-target'
import type { Secrets } from '../secrets/secrets'
import type { SecretClipboard } from './clipboard'
import type { Handlers } from './handlers'
import { certificateHandlers } from './handlers/certificates'
import { desktopHandlers } from './handlers/desktop'
import { fileHandlers } from './handlers/files'
import { inspectionHandlers } from './handlers/inspection'
import { keyImportHandlers } from './handlers/key-import'
import { keystoreHandlers } from './handlers/keystore'
import { secretExchangeHandlers } from './handlers/secret-exchange'
import { secretRotationHandlers } from './handlers/secret-rotation'
import { secretWindowHandlers } from './handlers/secret-window'
import { deletionPreviewHandlers, secretHandlers, tagHandlers } from './handlers/secrets'
import { serviceHandlers } from './handlers/service'
import { settingsHandlers } from './handlers/settings'
import { tokenCeremonyHandlers, type CeremonyHandlerOptions } from './handlers/token-ceremony'
import { tokenKeyHandlers } from './handlers/token-keys'
import { tokenHandlers, type TokenHandlerOptions } from './handlers/tokens'
import { vaultHandlers, type VaultHandlerOptions } from './handlers/vault'
import { whereUsedHandlers } from './handlers/where-used'
import type { SecretWork } from './secret-work'

export interface HandlerOptions extends VaultHandlerOptions, TokenHandlerOptions, CeremonyHandlerOptions {
  keystore: Keystore
  secrets: Secrets
  rotations: SecretRotations
  openTarget: OpenTarget
  clipboard: SecretClipboard
  secretWork: SecretWork
  strengthWorkerUrl: URL
  exchangeWorkerUrl: URL
  files: FileJobs
  vaultFolder: string
  log: Log
}

/** Every handler of the catalog. */
export function allHandlers(options: HandlerOptions): Handlers {
  const { vault, keystore, files, desktop, settings, handles, clock, vaultFolder } = options
  return {
    ...keystoreHandlers(keystore),
    ...tagHandlers(options),
    ...deletionPreviewHandlers(options),
    ...vaultHandlers(options),
    ...fileHandlers(files, desktop),
    ...whereUsedHandlers(options),
    ...inspectionHandlers(options),
    ...keyImportHandlers(options),
    ...certificateHandlers(options),
    ...secretHandlers(options),
    ...secretWindowHandlers(options),
    ...secretRotationHandlers(options),
    ...secretExchangeHandlers(options),
    ...tokenHandlers(options),
    ...tokenCeremonyHandlers(options),
    ...tokenKeyHandlers(options),
    ...serviceHandlers(vault),
    ...settingsHandlers(settings, desktop, vaultFolder),
    ...desktopHandlers(desktop, handles, clock),
  }
}
