import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { open, readFile, realpath, stat, type FileHandle } from 'node:fs/promises'
import { dirname, isAbsolute } from 'node:path'
import type { ModuleFileProblem } from '../../src-shared/model/tokens'
import { KmsError } from '../../src-shared/errors'

/** Libraries are smaller; a file that is not is none. */
const maxBytes = 256 * 1024 * 1024
const chunkBytes = 1024 * 1024

/** What a module's file is. */
export interface ModuleFile {
  /** Without symbolic links. */
  path: string
  /** SHA-256 of the content, hex. */
  sha256: string
}

/**
 * Looks at the file of a PKCS#11 module without loading it: a library for this machine that nobody but root and its user can
 * change, in folders of which the same is true. TOKEN_MODULE_NOT_FOUND, TOKEN_MODULE_UNSUITABLE with what is wrong.
 */
export async function examineModuleFile(given: string): Promise<ModuleFile> {
  if (!isAbsolute(given)) throw unsuitable('not-absolute')
  const path = await realpath(given).catch((cause: unknown) => {
    throw new KmsError('TOKEN_MODULE_NOT_FOUND', 'The file of the module is not there.', {}, cause)
  })
  const file = await open(path, constants.O_RDONLY).catch((cause: unknown) => {
    throw new KmsError('TOKEN_MODULE_NOT_FOUND', 'The file of the module cannot be read.', {}, cause)
  })
  try {
    const stats = await file.stat()
    if (!stats.isFile() || stats.size > maxBytes) throw unsuitable('not-a-library')
    const root = await rootOwner()
    if (isOpenToOthers(stats, root)) throw unsuitable('writable-by-others')
    await checkFolders(path, root)
    const { sha256, head } = await readAll(file)
    const problem = libraryProblem(head, process.platform, process.arch)
    if (problem) throw unsuitable(problem)
    return { path, sha256 }
  } finally {
    await file.close()
  }
}

/** Who owns what root owns: where a user namespace has no root, as in some containers, the kernel shows a stand-in for it. */
async function rootOwner(): Promise<number> {
  const map = await readFile('/proc/self/uid_map', 'utf8').catch(() => '0')
  const hasRoot = map.split('\n').some((line) => line.trim().startsWith('0'))
  return hasRoot ? 0 : Number(await readFile('/proc/sys/kernel/overflowuid', 'utf8').catch(() => '0'))
}

/** Writable by others, or owned by a stranger. Windows has no such bits. */
function isOpenToOthers({ mode, uid }: Stats, root: number): boolean {
  if (process.platform === 'win32') return false
  return (mode & 0o022) !== 0 || (uid !== root && uid !== process.getuid?.())
}

/** Whoever can write to a folder can put another file in its place, unless the folder is sticky, as /tmp is. */
async function checkFolders(path: string, root: number): Promise<void> {
  for (let folder = dirname(path), previous = path; folder !== previous; [previous, folder] = [folder, dirname(folder)]) {
    const stats = await stat(folder)
    const isSticky = (stats.mode & 0o1000) !== 0 && stats.uid === root
    if (isOpenToOthers(stats, root) && !isSticky) throw unsuitable('writable-by-others')
  }
}

async function readAll(file: FileHandle): Promise<{ sha256: string; head: Buffer }> {
  const hash = createHash('sha256')
  const chunk = Buffer.alloc(chunkBytes)
  let head = Buffer.alloc(0)
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, null)
    if (bytesRead === 0) return { sha256: hash.digest('hex'), head }
    if (head.length === 0) head = Buffer.from(chunk.subarray(0, Math.min(bytesRead, 4096)))
    hash.update(chunk.subarray(0, bytesRead))
  }
}

/** e_machine of ELF, Machine of PE, cputype of Mach-O. */
const machines: Readonly<Record<string, { elf: number; pe: number; mach: number }>> = {
  x64: { elf: 62, pe: 0x8664, mach: 0x01000007 },
  arm64: { elf: 183, pe: 0xaa64, mach: 0x0100000c },
}

/** What is wrong with a library by its first bytes, for a platform; null: nothing. */
export function libraryProblem(head: Buffer, platform: NodeJS.Platform, arch: string): ModuleFileProblem | null {
  const machine = machines[arch]
  if (platform === 'win32') return peProblem(head, machine?.pe)
  if (platform === 'darwin') return machProblem(head, machine?.mach)
  return elfProblem(head, machine?.elf)
}

function elfProblem(head: Buffer, machine: number | undefined): ModuleFileProblem | null {
  if (head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46) return 'not-a-library'
  const isLittle = head[5] === 1
  const read = (at: number) => (isLittle ? head.readUInt16LE(at) : head.readUInt16BE(at))
  if (read(16) !== 3) return 'not-a-library'
  return head[4] === 2 && read(18) === machine ? null : 'other-architecture'
}

function peProblem(head: Buffer, machine: number | undefined): ModuleFileProblem | null {
  if (head.length < 64 || head.toString('latin1', 0, 2) !== 'MZ') return 'not-a-library'
  const at = head.readUInt32LE(60)
  if (at + 6 > head.length || head.readUInt32LE(at) !== 0x4550) return 'not-a-library'
  return head.readUInt16LE(at + 4) === machine ? null : 'other-architecture'
}

/** A universal file holds several machines; the loader picks. */
function machProblem(head: Buffer, machine: number | undefined): ModuleFileProblem | null {
  if (head.length < 8) return 'not-a-library'
  const magic = head.readUInt32BE(0)
  if (magic === 0xcafebabe || magic === 0xcafebabf) return null
  if (magic !== 0xcffaedfe) return 'not-a-library'
  return head.readUInt32LE(4) === machine ? null : 'other-architecture'
}

const phrases: Readonly<Record<ModuleFileProblem, string>> = {
  'not-absolute': 'Its path must be absolute.',
  'not-a-library': 'It is no shared library.',
  'other-architecture': 'It is made for another processor.',
  'writable-by-others': 'Others can change it, or a folder in which it is.',
  'not-pkcs11': 'It is a library, but no PKCS#11 module.',
}

/** TOKEN_MODULE_UNSUITABLE. */
export function unsuitable(moduleProblem: ModuleFileProblem, cause?: unknown): KmsError {
  return new KmsError('TOKEN_MODULE_UNSUITABLE', `This file cannot be used as a token module. ${phrases[moduleProblem]}`, { moduleProblem }, cause)
}
