import type { OpenTarget } from '../../../../src-main/secrets/rotation/targets/open-target'
import { accepted, loginRefused, refused, unreachable, type Credential, type RotationTarget, type TargetChange } from '../../../../src-main/secrets/rotation/targets/target'
import { textOf } from '../../../support/secrets-fixture'

/** A server in memory: accounts and their passwords, an administrator, and faults on demand. */
export class FakeServer {
  readonly passwords = new Map<string, string>()
  adminPassword: string | null = null
  isDown = false
  letsAllIn = false
  /** Called before each call; may throw, or wait. */
  before: (call: string) => void | Promise<void> = () => undefined
  readonly calls: string[] = []
  closed = 0
  /** Credentials that were lent; zeroed by who lent them. */
  readonly lent: Credential[] = []

  readonly open: OpenTarget = () => new FakeTarget(this)

  accepts({ account, secret }: Credential): boolean {
    return this.letsAllIn || (account === 'admin' ? this.adminPassword : this.passwords.get(account)) === textOf(secret)
  }
}

class FakeTarget implements RotationTarget {
  readonly keepsOld = false
  readonly isOpaque = false
  readonly #server: FakeServer
  #cutOff: (error: Error) => void = () => undefined

  constructor(server: FakeServer) {
    this.#server = server
  }

  login(credential: Credential) {
    return this.#call(`login ${credential.account}`, [credential], () =>
      this.#server.accepts(credential) ? accepted : refused('no such login'),
    )
  }

  async apply({ admin, from, to, isRollback }: TargetChange) {
    await this.#call(`${isRollback ? 'roll back' : 'apply'} ${to.account}${admin ? ' as admin' : ''}`, admin ? [admin, from, to] : [from, to], () => {
      if (admin && textOf(admin.secret) !== this.#server.adminPassword) throw loginRefused('wrong administrator')
      if (!admin && textOf(from.secret) !== this.#server.passwords.get(from.account)) throw loginRefused('wrong password')
      this.#server.passwords.set(to.account, textOf(to.secret))
    })
  }

  async retire() {}

  async close() {
    this.#server.closed += 1
    this.#cutOff(unreachable('cut off'))
  }

  async #call<T>(name: string, credentials: readonly Credential[], work: () => T): Promise<T> {
    this.#server.calls.push(name)
    this.#server.lent.push(...credentials)
    const cutOff = new Promise<never>((_, reject) => (this.#cutOff = reject))
    cutOff.catch(() => undefined)
    await Promise.race([this.#server.before(name), cutOff])
    if (this.#server.isDown) throw unreachable('it is down')
    return work()
  }
}
