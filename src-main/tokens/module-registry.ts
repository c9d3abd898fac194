import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { z } from 'zod'
import { KmsError } from '../../src-shared/errors'
import { moduleQuirks, type ModuleQuirk } from '../../src-shared/model/token-work'
import { tokenLimits } from '../../src-shared/model/tokens'
import { writeFileAtomic } from '../platform/atomic-file'
import type { Clock } from '../platform/ports'
import { SerialQueue } from '../platform/serial-queue'
import { examineModuleFile } from './module-file'

const maxBytes = 64 * 1024
const nothing = { modules: [], examinations: [] }

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
const moduleExamination = z.strictObject({
  moduleId: z.string(),
  examinedAt: z.iso.datetime({ precision: 3 }),
  quirks: z.array(z.enum(moduleQuirks)).max(moduleQuirks.length),
})
const registryFile = z.strictObject({
  version: z.literal(1),
  modules: z.array(registeredModule).max(tokenLimits.modules),
  examinations: z.array(moduleExamination).max(tokenLimits.modules).default([]),
})

/** A module that the user allows to be loaded. */
export type RegisteredModule = z.infer<typeof registeredModule>

/** What was found of a module when a token of it was last tried. */
export type ModuleExamination = z.infer<typeof moduleExamination>

type Kept = Omit<z.infer<typeof registryFile>, 'version'>

/** The modules that the user allows, in a file of their own (0600); nothing in it is a secret. */
export class ModuleRegistry {
  readonly #path: string
  readonly #clock: Clock
  #kept: Kept
  readonly #writes = new SerialQueue()

  private constructor(path: string, clock: Clock, kept: Kept) {
    this.#path = path
    this.#clock = clock
    this.#kept = kept
  }

  /** A missing or damaged file is an empty registry: nothing is loaded that the user has not named. */
  static async open(path: string, clock: Clock): Promise<ModuleRegistry> {
    return new ModuleRegistry(path, clock, await readRegistry(path))
  }

  list(): readonly RegisteredModule[] {
    return this.#kept.modules
  }

  /** TOKEN_MODULE_NOT_FOUND. */
  get(moduleId: string): RegisteredModule {
    const found = this.#kept.modules.find((module) => module.moduleId === moduleId)
    if (!found) throw new KmsError('TOKEN_MODULE_NOT_FOUND', 'There is no such token module here.')
    return found
  }

  /** Null when no token of it was tried since its file was allowed. */
  examinationOf(moduleId: string): ModuleExamination | null {
    return this.#kept.examinations.find((examination) => examination.moduleId === moduleId) ?? null
  }

  /** Remembers what was found of a module. TOKEN_MODULE_NOT_FOUND. */
  async rememberExamination(moduleId: string, quirks: readonly ModuleQuirk[]): Promise<void> {
    const examination = { moduleId, examinedAt: new Date(this.#clock.nowMs()).toISOString(), quirks: [...quirks] }
    await this.#change(({ modules, examinations }) => {
      this.get(moduleId)
      return { kept: { modules, examinations: [...without(examinations, moduleId), examination] }, result: undefined }
    })
  }

  /** Adds a module, or gives the one that has this file already. LIMIT_EXCEEDED, and the codes of examineModuleFile(). */
  async add(path: string, { name, parameters }: { name?: string; parameters: string | null }): Promise<RegisteredModule> {
    const file = await examineModuleFile(path)
    return this.#change(({ modules, examinations }) => {
      const known = modules.find((module) => module.path === file.path && module.parameters === parameters)
      const added = {
        ...file,
        moduleId: known?.moduleId ?? `m-${randomBytes(8).toString('hex')}`,
        name: (name ?? known?.name ?? basename(file.path)).slice(0, 64),
        parameters,
        addedAt: known?.addedAt ?? new Date(this.#clock.nowMs()).toISOString(),
      }
      if (!known && modules.length >= tokenLimits.modules) throw new KmsError('LIMIT_EXCEEDED', 'There are too many token modules.', { limit: tokenLimits.modules })
      const kept = { modules: [...modules.filter((module) => module !== known), added], examinations: known?.sha256 === added.sha256 ? examinations : without(examinations, added.moduleId) }
      return { kept, result: added }
    })
  }

  /** The file was replaced and the user says that it is right. Codes of examineModuleFile(). */
  async accept(moduleId: string): Promise<RegisteredModule> {
    const { path } = this.get(moduleId)
    const { sha256 } = await examineModuleFile(path)
    return this.#change(({ modules, examinations }) => {
      const accepted = { ...this.get(moduleId), sha256 }
      const kept = { modules: modules.map((module) => (module.moduleId === moduleId ? accepted : module)), examinations: without(examinations, moduleId) }
      return { kept, result: accepted }
    })
  }

  /** TOKEN_MODULE_NOT_FOUND. Nothing on a token changes. */
  async remove(moduleId: string): Promise<void> {
    this.get(moduleId)
    await this.#change(({ modules, examinations }) => ({ kept: { modules: without(modules, moduleId), examinations: without(examinations, moduleId) }, result: undefined }))
  }

  #change<T>(change: (kept: Kept) => { kept: Kept; result: T }): Promise<T> {
    return this.#writes.run(async () => {
      const { kept, result } = change(this.#kept)
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
      await writeFileAtomic(this.#path, new TextEncoder().encode(`${JSON.stringify({ version: 1, ...kept }, null, 2)}\n`))
      this.#kept = kept
      return result
    })
  }
}

function without<T extends { moduleId: string }>(list: readonly T[], moduleId: string): T[] {
  return list.filter((each) => each.moduleId !== moduleId)
}

async function readRegistry(path: string): Promise<Kept> {
  try {
    const bytes = await readFile(path)
    if (bytes.length > maxBytes) return nothing
    const { modules, examinations } = registryFile.parse(JSON.parse(bytes.toString('utf8')))
    return { modules, examinations }
  } catch {
    // No file, or one that nobody wrote like this: nothing is allowed until the user says so.
    return nothing
  }
}
