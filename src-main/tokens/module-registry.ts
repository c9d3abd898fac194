import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { z } from 'zod'
import { KmsError } from '../../src-shared/errors'
import { tokenLimits } from '../../src-shared/model/tokens'
import { writeFileAtomic } from '../platform/atomic-file'
import type { Clock } from '../platform/ports'
import { examineModuleFile } from './module-file'

const maxBytes = 64 * 1024

const registeredModule = z.strictObject({
  moduleId: z.string().regex(/^m-[0-9a-f]{16}$/),
  name: z.string().min(1).max(64),
  path: z.string().min(1).max(4096),
  /** Of the file when the user last said that it is the right one; hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The initialisation string of NSS modules; null for others. */
  parameters: z.string().max(1024).nullable(),
  addedAt: z.iso.datetime({ precision: 3 }),
})
const registryFile = z.strictObject({ version: z.literal(1), modules: z.array(registeredModule).max(tokenLimits.modules) })

/** A module that the user allows to be loaded. */
export type RegisteredModule = z.infer<typeof registeredModule>

/** The modules that the user allows, in a file of their own (0600); nothing in it is a secret. */
export class ModuleRegistry {
  readonly #path: string
  readonly #clock: Clock
  #modules: RegisteredModule[]
  #lastWrite: Promise<unknown> = Promise.resolve()

  private constructor(path: string, clock: Clock, modules: RegisteredModule[]) {
    this.#path = path
    this.#clock = clock
    this.#modules = modules
  }

  /** A missing or damaged file is an empty registry: nothing is loaded that the user has not named. */
  static async open(path: string, clock: Clock): Promise<ModuleRegistry> {
    return new ModuleRegistry(path, clock, await readModules(path))
  }

  list(): readonly RegisteredModule[] {
    return this.#modules
  }

  /** TOKEN_MODULE_NOT_FOUND. */
  get(moduleId: string): RegisteredModule {
    const found = this.#modules.find((module) => module.moduleId === moduleId)
    if (!found) throw new KmsError('TOKEN_MODULE_NOT_FOUND', 'There is no such token module here.')
    return found
  }

  /** Adds a module, or gives the one that has this file already. LIMIT_EXCEEDED, and the codes of examineModuleFile(). */
  async add(path: string, { name, parameters }: { name?: string; parameters: string | null }): Promise<RegisteredModule> {
    const file = await examineModuleFile(path)
    return this.#change((modules) => {
      const known = modules.find((module) => module.path === file.path && module.parameters === parameters)
      const added = {
        ...file,
        moduleId: known?.moduleId ?? `m-${randomBytes(8).toString('hex')}`,
        name: (name ?? known?.name ?? basename(file.path)).slice(0, 64),
        parameters,
        addedAt: known?.addedAt ?? new Date(this.#clock.nowMs()).toISOString(),
      }
      if (!known && modules.length >= tokenLimits.modules) throw new KmsError('LIMIT_EXCEEDED', 'There are too many token modules.', { limit: tokenLimits.modules })
      return { modules: [...modules.filter((module) => module !== known), added], result: added }
    })
  }

  /** The file was replaced and the user says that it is right. Codes of examineModuleFile(). */
  async accept(moduleId: string): Promise<RegisteredModule> {
    const { path } = this.get(moduleId)
    const { sha256 } = await examineModuleFile(path)
    return this.#change((modules) => {
      const accepted = { ...this.get(moduleId), sha256 }
      return { modules: modules.map((module) => (module.moduleId === moduleId ? accepted : module)), result: accepted }
    })
  }

  /** TOKEN_MODULE_NOT_FOUND. Nothing on a token changes. */
  async remove(moduleId: string): Promise<void> {
    this.get(moduleId)
    await this.#change((modules) => ({ modules: modules.filter((module) => module.moduleId !== moduleId), result: undefined }))
  }

  #change<T>(change: (modules: RegisteredModule[]) => { modules: RegisteredModule[]; result: T }): Promise<T> {
    const done = this.#lastWrite.then(async () => {
      const { modules, result } = change(this.#modules)
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
      await writeFileAtomic(this.#path, new TextEncoder().encode(`${JSON.stringify({ version: 1, modules }, null, 2)}\n`))
      this.#modules = modules
      return result
    })
    this.#lastWrite = done.catch(() => undefined)
    return done
  }
}

async function readModules(path: string): Promise<RegisteredModule[]> {
  try {
    const bytes = await readFile(path)
    if (bytes.length > maxBytes) return []
    return registryFile.parse(JSON.parse(bytes.toString('utf8'))).modules
  } catch {
    // No file, or one that nobody wrote like this: nothing is allowed until the user says so.
    return []
  }
}
