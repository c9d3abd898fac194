import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** Gives each test of the file a new folder, which is removed afterwards; the returned function tells a path in it. */
export function useTemporaryFolder(): (...names: string[]) => string {
  let folder = ''
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'keystead-test-')))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return (...names) => join(folder, ...names)
}
