import { readdir, readFile, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** A module that is on this machine. */
export interface KnownModule {
  /** As the user wants to read it. */
  name: string
  path: string
}

const multiarch = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
const libraryFolders = [`/usr/lib/${multiarch}`, '/usr/lib64', '/usr/lib', '/usr/local/lib']

/** Modules by the names of their files, where packages put them. */
const usual: readonly (readonly [name: string, files: readonly string[]])[] = [
  ['OpenSC', ['opensc-pkcs11.so', 'pkcs11/opensc-pkcs11.so']],
  ['SoftHSM', ['softhsm/libsofthsm2.so', 'pkcs11/libsofthsm2.so']],
  ['YubiKey PIV', ['libykcs11.so.2', 'libykcs11.so', 'pkcs11/ykcs11.so']],
  ['Nitrokey NetHSM', ['libnethsm_pkcs11.so', 'nethsm/libnethsm_pkcs11.so']],
  ['TPM 2.0', ['libtpm2_pkcs11.so.1', 'libtpm2_pkcs11.so', 'pkcs11/libtpm2_pkcs11.so']],
]
const elsewhere: Readonly<Record<string, readonly (readonly [name: string, path: string])[]>> = {
  darwin: [
    ['OpenSC', '/Library/OpenSC/lib/opensc-pkcs11.so'],
    ['SoftHSM', '/opt/homebrew/lib/softhsm/libsofthsm2.so'],
    ['SoftHSM', '/usr/local/lib/softhsm/libsofthsm2.so'],
    ['YubiKey PIV', '/usr/local/lib/libykcs11.dylib'],
  ],
  win32: [
    ['OpenSC', 'C:\\Program Files\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll'],
    ['SoftHSM', 'C:\\SoftHSM2\\lib\\softhsm2-x64.dll'],
    ['YubiKey PIV', 'C:\\Program Files\\Yubico\\Yubico PIV Tool\\bin\\libykcs11.dll'],
  ],
}

/** p11-kit's own modules hold trusted certificates or pass on to the others. */
const passedOver = /p11-kit-(trust|client|proxy)/

/** Modules that are installed here: those that p11-kit is told of, and those at their usual places. Each once. */
export async function findKnownModules(home = homedir()): Promise<KnownModule[]> {
  const candidates = [...(await fromP11Kit(home)), ...fromUsualPlaces()]
  const found = new Map<string, KnownModule>()
  for (const { name, path } of candidates) {
    const real = await realpath(path).catch(() => null)
    if (real !== null && !found.has(real)) found.set(real, { name, path: real })
  }
  return [...found.values()]
}

function fromUsualPlaces(): KnownModule[] {
  const here = elsewhere[process.platform]
  if (here) return here.map(([name, path]) => ({ name, path }))
  return usual.flatMap(([name, files]) => libraryFolders.flatMap((folder) => files.map((file) => ({ name, path: join(folder, file) }))))
}

/** `module:` lines of p11-kit's configuration (pkcs11.conf(5)). */
async function fromP11Kit(home: string): Promise<KnownModule[]> {
  const folders = ['/usr/share/p11-kit/modules', '/etc/pkcs11/modules', join(home, '.config/pkcs11/modules')]
  const found: KnownModule[] = []
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => [])
    for (const file of names.filter((name) => name.endsWith('.module'))) {
      const text = await readFile(join(folder, file), 'utf8').catch(() => '')
      const path = /^\s*module\s*:\s*(\S.*?)\s*$/m.exec(text)?.[1]
      if (path === undefined || passedOver.test(path)) continue
      const name = nameOf(path) ?? file.replace(/\.module$/, '')
      const places = isAbsolute(path) ? [path] : libraryFolders.map((place) => join(place, 'pkcs11', path))
      found.push(...places.map((place) => ({ name, path: place })))
    }
  }
  return found
}

function nameOf(path: string): string | null {
  return usual.find(([, files]) => files.some((file) => path.endsWith(file.split('/').at(-1) ?? file)))?.[0] ?? null
}
