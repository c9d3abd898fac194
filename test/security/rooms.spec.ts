import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importsOf, sourceFiles, type SourceFile } from '../support/source-files'

/** Which rooms of src-main a room may import; src-shared is open to all. */
const allowed: Record<string, readonly string[]> = {
  crypto: [],
  platform: [],
  vault: ['crypto', 'platform'],
  keystore: ['vault', 'crypto', 'platform'],
  secrets: ['keystore', 'vault', 'crypto', 'platform'],
  files: ['keystore', 'crypto', 'platform'],
  tokens: ['platform', 'crypto'],
  operations: ['vault', 'keystore', 'secrets', 'files', 'tokens', 'crypto', 'platform'],
  faces: ['operations', 'platform', 'compose'],
  app: ['compose', 'operations', 'faces', 'platform', 'vault'],
  preload: [],
}

const electronRooms = [/^src-main\/index\.ts$/, /^src-main\/app\//, /^src-main\/preload\//, /^src-main\/faces\/ipc\//, /^src-main\/platform\//]

/** The file that a relative import names, relative to the checkout and without its ending. */
function target(file: SourceFile, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file.path), specifier) : null
}

function roomOf(path: string): string | null {
  const [, room] = /^src-main\/([^/]+)/.exec(path) ?? []
  return room?.replace(/\.ts$/, '') ?? null
}

const main = sourceFiles('src-main')
const shared = sourceFiles('src-shared')
const renderer = sourceFiles('src-renderer')

function offences(files: readonly SourceFile[], isWrong: (file: SourceFile, specifier: string) => boolean): string[] {
  return files.flatMap((file) => importsOf(file).filter((specifier) => isWrong(file, specifier)).map((specifier) => `${file.path} imports ${specifier}`))
}

describe('the rooms of the house', () => {
  it('finds the sources', () => {
    expect(main.length).toBeGreaterThan(40)
    expect(shared.length).toBeGreaterThan(10)
    expect(renderer.length).toBeGreaterThan(20)
  })

  it('keep the order of dependencies', () => {
    const wrong = offences(main, (file, specifier) => {
      const room = roomOf(file.path)
      const path = target(file, specifier)
      if (path === null || path.startsWith('src-shared/')) return false
      if (!path.startsWith('src-main/')) return true
      const other = roomOf(path)
      if (room === other || room === 'index' || room === 'compose') return false
      return room === null || other === null || !(allowed[room] ?? []).includes(other)
    })
    expect(wrong).toEqual([])
  })

  it('let src-shared import nothing but itself and the schema library', () => {
    expect(offences(shared, (file, specifier) => specifier !== 'zod' && !target(file, specifier)?.startsWith('src-shared/'))).toEqual([])
  })

  it('keep Electron to the rooms that talk to it', () => {
    const wrong = offences(main, (file, specifier) => specifier === 'electron' && !electronRooms.some((room) => room.test(file.path)))
    expect(wrong).toEqual([])
  })

  it('let the renderer import itself and src-shared only, and no Node module', () => {
    const wrong = offences(renderer, (file, specifier) => {
      const path = target(file, specifier)
      if (path !== null) return !path.startsWith('src-renderer/') && !path.startsWith('src-shared/')
      return specifier.startsWith('node:') || specifier === 'electron'
    })
    expect(wrong).toEqual([])
  })

  it('keep the schema library out of the page: contract modules are imported as types there', () => {
    const valueImport = /import\s+(?!type\b)[^;'"]*from\s+['"][^'"]*src-shared\/contract\/(?!catalog|events)[^'"]*['"]/g
    const wrong = renderer.flatMap((file) => [...file.text.matchAll(valueImport)].map((match) => `${file.path}: ${match[0]}`))
    expect(wrong).toEqual([])
  })

  it('let only the bridge touch what the preload exposes', () => {
    const wrong = renderer.filter((file) => !file.path.startsWith('src-renderer/bridge/') && /window\s*(\.\s*keystead|\[)/.test(file.text))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it('keep features apart', () => {
    const wrong = offences(renderer, (file, specifier) => {
      const [, feature] = /^src-renderer\/features\/([^/]+)/.exec(file.path) ?? []
      const [, other] = /^src-renderer\/features\/([^/]+)/.exec(target(file, specifier) ?? '') ?? []
      return feature !== undefined && other !== undefined && feature !== other
    })
    expect(wrong).toEqual([])
  })
})

describe('sources', () => {
  const everything = [...main, ...shared, ...renderer]

  it.each([
    ['network modules', /from ['"](node:)?(tls|http|https|http2|dgram|dns)['"]/],
    ['a fetch', /\bfetch\s*\(/],
    ['updates and crash uploads', /\b(autoUpdater|crashReporter)\b/],
    ['raw HTML', /v-html|innerHTML|outerHTML|insertAdjacentHTML/],
    ['code from text', /\beval\s*\(|new Function\s*\(/],
    ['weakened windows', /nodeIntegration\w*:\s*true|contextIsolation:\s*false|sandbox:\s*false|webSecurity:\s*false|webviewTag:\s*true|experimentalFeatures:\s*true/],
  ])('have no %s', (_name, pattern) => {
    expect(everything.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([])
  })

  it.each([
    ['ipcMain', /\bipcMain[.,]/, ['src-main/faces/ipc/electron-ipc.ts']],
    ['shell.openExternal', /\bshell\.openExternal\b/, ['src-main/platform/desktop-shell.ts']],
    ['a socket', /from ['"](node:)?net['"]/, ['src-main/secrets/rotation/targets/resp.ts']],
    ['the client libraries of rotation targets', /^import .*from ['"](pg|mysql2|ssh2|@redis)\b/m, ['src-main/secrets/rotation/targets/mysql.ts', 'src-main/secrets/rotation/targets/postgresql.ts', 'src-main/secrets/rotation/targets/ssh.ts']],
    ['the keychain library', /['"]keytar['"]/, ['src-main/platform/keytar-keyring.ts']],
    ['the schema library in the preload or page', /from ['"]zod['"]/, null],
  ])('reach %s in one place', (_name, pattern, places) => {
    const found = (places === null ? [...renderer, ...main.filter(({ path }) => path.startsWith('src-main/preload/'))] : everything)
      .filter(({ text }) => pattern.test(text))
      .map(({ path }) => path)
    expect(found).toEqual(places ?? [])
  })

  it('compare tags and commitments in constant time only', () => {
    const pattern = /\b\w*(mac|tag|commitment)\w*\s*[!=]==\s*(?!null|undefined|typeof)\w+/i
    const suspects = sourceFiles('src-main').flatMap((file) =>
      file.text.split('\n').filter((line) => pattern.test(line) && !/length|Length|typeof/.test(line)).map((line) => `${file.path}: ${line.trim()}`),
    )
    expect(suspects).toEqual([])
  })

  it('stay within the size budget of 400 lines', () => {
    expect(everything.filter(({ text }) => text.split('\n').length > 401).map(({ path }) => path)).toEqual([])
  })
})
