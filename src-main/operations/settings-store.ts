import type { Settings } from '../../src-shared/contract/settings'

/** Where the settings are kept. */
export interface SettingsSource {
  read(): Promise<Settings>
  update(patch: Partial<Settings>): Promise<Settings>
}

/** The settings, with a copy in memory for those who cannot wait, and news of each change. */
export class SettingsStore {
  readonly #source: SettingsSource
  readonly #listeners = new Set<(settings: Settings) => void>()
  #current: Settings

  private constructor(source: SettingsSource, current: Settings) {
    this.#source = source
    this.#current = current
  }

  static async open(source: SettingsSource): Promise<SettingsStore> {
    return new SettingsStore(source, await source.read())
  }

  get current(): Settings {
    return this.#current
  }

  /** Writes the patch, tells the listeners and returns all settings. */
  async update(patch: Partial<Settings>): Promise<Settings> {
    this.#current = await this.#source.update(patch)
    for (const listener of this.#listeners) listener(this.#current)
    return this.#current
  }

  /** Returns the function that ends the subscription. */
  onChange(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
