import { describe, expect, it } from 'vitest'
import { KeytarKeyring, type KeytarLibrary } from '../../../src-main/platform/keytar-keyring'

const withCode = (code: string): unknown => expect.objectContaining({ code })

/** An unlocked keychain in memory. */
class OpenKeychain implements KeytarLibrary {
  readonly entries = new Map<string, string>()

  async getPassword(service: string, account: string): Promise<string | null> {
    return this.entries.get(`${service}/${account}`) ?? null
  }

  async setPassword(service: string, account: string, password: string): Promise<void> {
    this.entries.set(`${service}/${account}`, password)
  }

  async deletePassword(service: string, account: string): Promise<boolean> {
    return this.entries.delete(`${service}/${account}`)
  }
}

/** gnome-keyring with a locked collection, as it answers through keytar. */
const lockedKeychain: KeytarLibrary = {
  getPassword: async () => null,
  setPassword: () => Promise.reject(new Error('Cannot create an item in a locked collection')),
  deletePassword: async () => false,
}

function failing(message: string): KeytarLibrary {
  const fail = (): Promise<never> => Promise.reject(new Error(message))
  return { getPassword: fail, setPassword: fail, deletePassword: fail }
}

/** Settles when told to; until then every call hangs. */
class HangingKeychain implements KeytarLibrary {
  calls = 0
  readonly #waiting: ((value: string | null) => void)[] = []

  getPassword(): Promise<string | null> {
    this.calls++
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  setPassword(): Promise<void> {
    this.calls++
    return new Promise(() => undefined)
  }

  deletePassword(): Promise<boolean> {
    this.calls++
    return new Promise(() => undefined)
  }

  release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve('late value')
  }
}

function keyringOn(library: KeytarLibrary, timeoutMs = 5000): KeytarKeyring {
  return new KeytarKeyring('test', timeoutMs, { load: async () => library, platform: 'linux' })
}

describe('KeytarKeyring on a working keychain', () => {
  it('keeps, returns and removes entries under its service', async () => {
    const library = new OpenKeychain()
    const keyring = keyringOn(library)
    await keyring.set('vault', 'value')
    expect([...library.entries]).toEqual([['test/vault', 'value']])
    expect(await keyring.get('vault')).toBe('value')
    expect([await keyring.remove('vault'), await keyring.remove('vault')]).toEqual([true, false])
    expect(await keyring.get('vault')).toBeNull()
    expect(await keyring.probe()).toBe('available')
    expect([...library.entries]).toEqual([])
  })

  it('writes nothing to tell a missing entry where the system says so itself', async () => {
    const library = { ...lockedKeychain }
    const keyring = new KeytarKeyring('test', 5000, { load: async () => library, platform: 'darwin' })
    expect([await keyring.get('a'), await keyring.remove('a')]).toEqual([null, false])
  })
})

describe('KeytarKeyring on a keychain that is locked', () => {
  it('does not take a locked entry for a missing one', async () => {
    const keyring = keyringOn(lockedKeychain)
    await expect(keyring.get('a')).rejects.toEqual(withCode('KEYCHAIN_LOCKED'))
    await expect(keyring.set('a', 'b')).rejects.toEqual(withCode('KEYCHAIN_LOCKED'))
    await expect(keyring.remove('a')).rejects.toEqual(withCode('KEYCHAIN_LOCKED'))
    expect(await keyring.probe()).toBe('locked')
  })

  it.each([
    'Prompt was dismissed',
    'The user canceled the operation',
    'User interaction is not allowed.',
    'Object does not exist at path “/org/freedesktop/secrets/collection/login”',
  ])('knows the answer: %s', async (message) => {
    expect(await keyringOn(failing(message)).probe()).toBe('locked')
  })
})

describe('KeytarKeyring without a keychain', () => {
  it.each([
    'Cannot autolaunch D-Bus without X11 $DISPLAY',
    'The name org.freedesktop.secrets was not provided by any .service files',
    'Could not connect: No such file or directory',
    '',
  ])('knows the answer: %s', async (message) => {
    const keyring = keyringOn(failing(message))
    await expect(keyring.get('a')).rejects.toEqual(withCode('KEYCHAIN_MISSING'))
    expect(await keyring.probe()).toBe('missing')
  })

  it('survives a native library that does not load', async () => {
    const keyring = new KeytarKeyring('test', 5000, { load: () => Promise.reject(new Error('libsecret-1.so.0: cannot open shared object file')) })
    await expect(keyring.set('a', 'b')).rejects.toEqual(withCode('KEYCHAIN_MISSING'))
    expect(await keyring.probe()).toBe('missing')
  })

  it('loads the library at the first call, once', async () => {
    let loads = 0
    const load = async (): Promise<KeytarLibrary> => {
      loads++
      return new OpenKeychain()
    }
    const keyring = new KeytarKeyring('test', 5000, { load })
    expect(loads).toBe(0)
    await Promise.all([keyring.get('a'), keyring.get('b')])
    expect(loads).toBe(1)
  })

  it('quotes neither value nor answer in the refusal', async () => {
    const error: unknown = await keyringOn(failing('canary')).set('a', 'canary').catch((caught: unknown) => caught)
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('canary')
  })
})

describe('KeytarKeyring on a keychain that hangs', () => {
  it('gives up after the time-out and then fails at once', async () => {
    const library = new HangingKeychain()
    const keyring = keyringOn(library, 20)
    await expect(keyring.get('a')).rejects.toEqual(withCode('KEYCHAIN_TIMEOUT'))
    expect(library.calls).toBe(1)
    for (const call of [keyring.get('a'), keyring.set('a', 'b'), keyring.remove('a')]) await expect(call).rejects.toEqual(withCode('KEYCHAIN_TIMEOUT'))
    expect(await keyring.probe()).toBe('timeout')
    expect(library.calls).toBe(1)
  })

  it('works again once the call that hung has settled', async () => {
    const library = new HangingKeychain()
    const keyring = keyringOn(library, 20)
    await expect(keyring.get('a')).rejects.toEqual(withCode('KEYCHAIN_TIMEOUT'))
    library.release()
    await new Promise((resolve) => setImmediate(resolve))
    const second = keyring.get('a')
    await new Promise((resolve) => setImmediate(resolve))
    library.release()
    expect(await second).toBe('late value')
  })

  it('gives up on a library that hangs while loading', async () => {
    const keyring = new KeytarKeyring('test', 20, { load: () => new Promise(() => undefined) })
    expect(await keyring.probe()).toBe('timeout')
  })
})

describe('KeytarKeyring with the real library', () => {
  it('answers within its time-out whatever this machine has', async () => {
    const started = performance.now()
    expect(['available', 'missing', 'locked', 'timeout']).toContain(await new KeytarKeyring('keystead-test', 5000).probe())
    expect(performance.now() - started).toBeLessThan(5500)
  })
})
