import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { defaultSettings, settings as settingsSchema, type Settings } from '../../src-shared/contract/settings'
import { writeFileAtomic } from './atomic-file'

const maxBytes = 64 * 1024

/** The settings as JSON beside the vault, in the clear: nothing in them is a secret. */
export class SettingsFile {
  readonly #path: string
  #lastUpdate: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  /** Never throws: a missing or damaged file, and each field that is missing or not valid, gives the default. */
  async read(): Promise<Settings> {
    return { ...defaultSettings, ...validFields(await this.#readObject()) }
  }

  /**
   * Writes the settings with the valid fields of `patch` replaced (mode 0600) and returns them all. Updates run one
   * after the other. VAULT_WRITE_FAILED or NO_SPACE when the disk refuses; the old settings stay.
   */
  update(patch: Partial<Settings>): Promise<Settings> {
    const done = this.#lastUpdate.then(() => this.#apply(patch))
    this.#lastUpdate = done.catch(() => undefined)
    return done
  }

  async #apply(patch: Partial<Settings>): Promise<Settings> {
    const next = { ...(await this.read()), ...validFields(patch) }
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
    await writeFileAtomic(this.#path, new TextEncoder().encode(`${JSON.stringify(next, null, 2)}\n`))
    return next
  }

  async #readObject(): Promise<Record<string, unknown>> {
    try {
      const bytes = await readFile(this.#path)
      const parsed: unknown = bytes.length > maxBytes ? null : JSON.parse(bytes.toString('utf8'))
      return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
    } catch {
      // Settings must never keep the application from starting: no file and a damaged one mean the defaults.
      return {}
    }
  }
}

/** The fields that are valid on their own; others, unknown ones too, are dropped. */
function validFields(candidate: Readonly<Record<string, unknown>>): Partial<Settings> {
  const present = Object.entries(settingsSchema.shape).flatMap(([name, field]) => {
    const result = field.safeParse(candidate[name])
    return result.success ? [[name, result.data] as const] : []
  })
  return settingsSchema.partial().parse(Object.fromEntries(present))
}
