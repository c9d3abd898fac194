import { KmsError } from '../../src-shared/errors'
import type { Keyring } from './ports'

/** What is used of keytar. */
export interface KeytarLibrary {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

/** Ports for tests. */
export interface KeytarKeyringOptions {
  load?: () => Promise<KeytarLibrary>
  platform?: NodeJS.Platform
}

type KeychainCode = 'KEYCHAIN_MISSING' | 'KEYCHAIN_LOCKED' | 'KEYCHAIN_TIMEOUT'

const sentences: Record<KeychainCode, string> = {
  KEYCHAIN_MISSING: 'There is no keychain service on this system.',
  KEYCHAIN_LOCKED: 'The keychain is locked, or access to it was refused.',
  KEYCHAIN_TIMEOUT: 'The keychain does not answer.',
}

/** Answers of libsecret, macOS and Windows that mean "there, but closed to us". */
const lockedPattern = /\block|dismiss|denied|cancel|interaction is not allowed|not permitted|incorrect|does not exist at path/i

const lockCheckAccount = 'lock-check'

/**
 * The system's keychain through keytar, whose native library is loaded at the first call, so that a system without it
 * still starts. Calls can hang for ever behind a prompt that nobody sees: each is given up after the time-out, and until
 * the one that hangs settles, the next ones fail at once instead of queueing up behind it.
 */
export class KeytarKeyring implements Keyring {
  readonly #service: string
  readonly #timeoutMs: number
  readonly #load: () => Promise<KeytarLibrary>
  readonly #isSilentWhenLocked: boolean
  #library: Promise<KeytarLibrary> | null = null
  #hanging = 0

  constructor(service = 'keystead', timeoutMs = 5000, options: KeytarKeyringOptions = {}) {
    this.#service = service
    this.#timeoutMs = timeoutMs
    this.#load = options.load ?? loadKeytar
    this.#isSilentWhenLocked = (options.platform ?? process.platform) === 'linux'
  }

  get(account: string): Promise<string | null> {
    return this.#call(async (library) => {
      const value = await library.getPassword(this.#service, account)
      if (value === null) await this.#confirmAbsence(library)
      return value
    })
  }

  set(account: string, value: string): Promise<void> {
    return this.#call((library) => library.setPassword(this.#service, account, value))
  }

  remove(account: string): Promise<boolean> {
    return this.#call(async (library) => {
      const isRemoved = await library.deletePassword(this.#service, account)
      if (!isRemoved) await this.#confirmAbsence(library)
      return isRemoved
    })
  }

  async probe(): Promise<'available' | 'missing' | 'locked' | 'timeout'> {
    try {
      await this.get('probe')
      return 'available'
    } catch (error) {
      if (!(error instanceof KmsError)) return 'missing'
      if (error.code === 'KEYCHAIN_TIMEOUT') return 'timeout'
      return error.code === 'KEYCHAIN_LOCKED' ? 'locked' : 'missing'
    }
  }

  /**
   * Secret Service answers "no such entry" for entries of a locked collection. Writing tells the two apart. (Listing
   * would too, but keytar crashes on a locked entry there.)
   */
  async #confirmAbsence(library: KeytarLibrary): Promise<void> {
    if (!this.#isSilentWhenLocked) return
    await library.setPassword(this.#service, lockCheckAccount, 'open')
    await library.deletePassword(this.#service, lockCheckAccount)
  }

  #call<T>(work: (library: KeytarLibrary) => Promise<T>): Promise<T> {
    if (this.#hanging > 0) return Promise.reject(keychainError('KEYCHAIN_TIMEOUT'))
    return this.#race(this.#run(work))
  }

  async #run<T>(work: (library: KeytarLibrary) => Promise<T>): Promise<T> {
    try {
      this.#library ??= this.#load()
      return await work(await this.#library)
    } catch (error) {
      const text = error instanceof Error ? error.message : ''
      throw keychainError(lockedPattern.test(text) ? 'KEYCHAIN_LOCKED' : 'KEYCHAIN_MISSING', error)
    }
  }

  #race<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        this.#hanging++
        reject(keychainError('KEYCHAIN_TIMEOUT'))
      }, this.#timeoutMs)
      const settle = (): void => {
        clearTimeout(timer)
        if (isLate) this.#hanging--
      }
      call.finally(settle).then(resolve, reject)
    })
  }
}

async function loadKeytar(): Promise<KeytarLibrary> {
  // A CommonJS package whose named exports loaders find only in part; `default` is the whole of it.
  const module = (await import('keytar')) as unknown as { default: KeytarLibrary }
  return module.default
}

function keychainError(code: KeychainCode, cause?: unknown): KmsError {
  return new KmsError(code, sentences[code], {}, cause)
}
