import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The places that one person's app uses; nothing outside of them is touched. */
export interface AppFolders {
  base: string
  /** --user-data-dir */
  profile: string
  /** KEYSTEAD_VAULT; made by the app. */
  vault: string
  home: string
  tmp: string
  runtime: string
  /** Files that the person works with. */
  work: string
}

/** New, private, empty folders. */
export function makeFolders(): AppFolders {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'keystead-e2e-')))
  const make = (name: string) => {
    mkdirSync(join(base, name), { mode: 0o700 })
    return join(base, name)
  }
  return {
    base,
    profile: make('profile'),
    vault: join(base, 'vault'),
    home: make('home'),
    tmp: make('tmp'),
    runtime: make('runtime'),
    work: make('work'),
  }
}

/** Helpers of the browser engine may still be ending and writing, so a few tries are allowed. */
export function removeFolders({ base }: AppFolders): void {
  if (existsSync(base)) rmSync(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}
