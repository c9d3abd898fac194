import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js'
import type { TokenRole } from '../../../src-shared/model/tokens'
import type { TokenRef } from './calls'
import { ckr, endsSession, HostError, isCkr } from './failures'

interface OpenSlot {
  session: Handle
  label: string
  serial: string
  login: TokenRole | null
  /** Checks of objects that were read in this session, by handle. */
  checks: Map<string, string>
}

/** One session for each token that is used; a login lasts as long as it. */
export class Sessions {
  readonly #module: PKCS11
  readonly #open = new Map<number, OpenSlot>()

  constructor(module: PKCS11) {
    this.#module = module
  }

  /** Who is logged in to a token; nobody when the session is one of another token that was in its slot. */
  login({ slotId, label, serial }: TokenRef): TokenRole | null {
    const slot = this.#open.get(slotId)
    return slot && slot.label === label && slot.serial === serial ? slot.login : null
  }

  /** What the session has read of its objects. */
  checks({ slotId }: TokenRef): Map<string, string> {
    return this.#open.get(slotId)?.checks ?? new Map()
  }

  /** Lends the session of a token; one that has ended is forgotten. TOKEN_CHANGED when another token is in the slot. */
  with<T>(token: TokenRef, work: (session: Handle) => T): T {
    const { session } = this.#opened(token)
    try {
      return work(session)
    } catch (error) {
      if (endsSession(error)) this.#forget(token.slotId)
      throw error
    }
  }

  /** As with(), looking at the token itself first: what is changed must be on the one that was meant. */
  withSame<T>(token: TokenRef, work: (session: Handle) => T): T {
    return this.with(token, (session) => {
      this.#check(token)
      return work(session)
    })
  }

  /** As with(), for work that leaves something running in the session when it fails: then the session is changed. */
  withOperation<T>(token: TokenRef, work: (session: Handle) => T): T {
    return this.with(token, (session) => {
      try {
        return work(session)
      } catch (error) {
        if (!endsSession(error)) this.#renew(token.slotId)
        throw error
      }
    })
  }

  logIn(token: TokenRef, role: TokenRole, pin: string): void {
    this.withSame(token, (session) => {
      try {
        this.#module.C_Login(session, role === 'so' ? pkcs11.CKU_SO : pkcs11.CKU_USER, pin)
      } catch (error) {
        if (!isCkr(error, ckr.userAlreadyLoggedIn)) throw error
      }
      const slot = this.#open.get(token.slotId)
      if (slot) slot.login = role
    })
  }

  /** Ends the login and the session, so that nothing of it is left. */
  logOut({ slotId }: TokenRef): void {
    const slot = this.#open.get(slotId)
    if (!slot) return
    this.#open.delete(slotId)
    try {
      if (slot.login !== null) this.#module.C_Logout(slot.session)
    } catch (error) {
      if (!endsSession(error) && !isCkr(error, ckr.userNotLoggedIn)) throw error
    } finally {
      this.#close(slot.session)
    }
  }

  /** Closes what is open on a token, for work that needs it so. */
  closeAll(token: TokenRef): void {
    this.logOut(token)
    this.#check(token)
  }

  #opened(token: TokenRef): OpenSlot {
    const known = this.#open.get(token.slotId)
    if (known && known.serial === token.serial && known.label === token.label) return known
    if (known) this.#forget(token.slotId)
    this.#check(token)
    const slot = { session: this.#openSession(token.slotId), label: token.label, serial: token.serial, login: null, checks: new Map<string, string>() }
    this.#open.set(token.slotId, slot)
    return slot
  }

  #openSession(slotId: number): Handle {
    const handle = slotHandle(slotId)
    try {
      return this.#module.C_OpenSession(handle, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION)
    } catch (error) {
      if (!isCkr(error, ckr.tokenWriteProtected)) throw error
      return this.#module.C_OpenSession(handle, pkcs11.CKF_SERIAL_SESSION)
    }
  }

  #check({ slotId, label, serial }: TokenRef): void {
    const info = this.#module.C_GetTokenInfo(slotHandle(slotId))
    if (trimmed(info.label) !== label || trimmed(info.serialNumber) !== serial) throw new HostError('TOKEN_CHANGED')
  }

  /** A new session beside the old one, before the old one is closed: closing the last would end the login. */
  #renew(slotId: number): void {
    const slot = this.#open.get(slotId)
    if (!slot) return
    const old = slot.session
    slot.session = this.#openSession(slotId)
    this.#close(old)
  }

  #forget(slotId: number): void {
    const slot = this.#open.get(slotId)
    this.#open.delete(slotId)
    if (slot) this.#close(slot.session)
  }

  /** A session that the module has closed already is closed. */
  #close(session: Handle): void {
    try {
      this.#module.C_CloseSession(session)
    } catch {
      // Nothing more can be done about it, and the token was perhaps removed.
    }
  }
}

/** Fields of fixed length are padded, by some modules with NUL. */
export function trimmed(text: string): string {
  return text.replace(/[\0 ]+$/, '')
}

/** A slot number as the addon takes it: CK_ULONG, little-endian. */
export function slotHandle(slotId: number): Handle {
  const handle = Buffer.alloc(8)
  handle.writeBigUInt64LE(BigInt(slotId))
  return handle.subarray(0, process.platform === 'win32' ? 4 : 8)
}
