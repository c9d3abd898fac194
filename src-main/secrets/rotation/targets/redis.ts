import { createHash } from 'node:crypto'
import { isKmsError } from '../../../../src-shared/errors'
import { randomBytesOf } from '../../../crypto/random'
import { RespConnection, type RespAnswer } from './resp'
import { accepted, applyFailed, loginRefused, refused, unreachable, type Credential, type LoginAnswer, type RotationTarget, type TargetChange } from './target'
import type { ServerPlace } from './target-config'

/** What Redis says when it has no file to keep the accounts in. */
const nothingToSave = /running without a config file/
const noAclFile = /not configured to use an ACL file/

const anyPasswordBytes = 32

/**
 * Accounts of Redis 6 or later. The server is sent the SHA-256 hashes of the new and the old password, and keeps all other
 * rules and passwords of the account.
 */
export class RedisTarget implements RotationTarget {
  readonly keepsOld = false
  readonly isOpaque = false
  readonly #place: ServerPlace

  constructor(place: ServerPlace) {
    this.#place = place
  }

  async login(credential: Credential): Promise<LoginAnswer> {
    return this.#with(async (connection) => {
      const answer = await connection.call('AUTH', credential.account, credential.secret)
      if (answer.isDone) return accepted
      if (nameOf(answer) === 'WRONGPASS') return refused('Redis refuses this account with this password (WRONGPASS).')
      throw unreachable(`Redis does not take a login now (${nameOf(answer)}).`)
    })
  }

  async apply({ admin, from, to }: TargetChange): Promise<void> {
    const actor = admin ?? from
    await this.#with(async (connection) => {
      await requirePassword(connection, to.account)
      const login = await connection.call('AUTH', actor.account, actor.secret)
      if (!login.isDone) throw loginRefused(admin ? `Redis refuses the administrator (${nameOf(login)}).` : `Redis refuses the account (${nameOf(login)}).`)
      await this.#set(connection, from, to)
    })
  }

  async retire(): Promise<void> {}

  async close(): Promise<void> {}

  async #set(connection: RespConnection, from: Credential, to: Credential): Promise<void> {
    const [gone, added] = [hashOf(from), hashOf(to)]
    try {
      // All rules of a command come into force at once. Redis takes away no password that is not there: so it is there first.
      const changed = await connection.call('ACL', 'SETUSER', to.account, `#${gone}`, `!${gone}`, `#${added}`)
      if (!changed.isDone) throw applyFailed(`Redis does not change the account (${nameOf(changed)}).`)
      await keep(connection)
    } catch (error) {
      // The connection ended while a command was under way.
      throw isKmsError(error, 'ROTATION_TARGET_UNREACHABLE') ? applyFailed(error.details.rotationReason ?? '') : error
    }
  }

  async #with<T>(work: (connection: RespConnection) => Promise<T>): Promise<T> {
    const connection = await RespConnection.open(this.#place)
    try {
      return await work(connection)
    } finally {
      connection.close()
    }
  }
}

/** A password would take the place of `nopass` by itself: programs that come without one would be shut out. ROTATION_LOGIN_REFUSED. */
async function requirePassword(connection: RespConnection, account: string): Promise<void> {
  const answer = await connection.call('AUTH', account, randomBytesOf(anyPasswordBytes))
  if (answer.isDone) throw loginRefused('Redis lets this account in with any password (nopass): give it a password first.')
}

/** Writes the accounts to the file that the server has for them; a server without any forgets all accounts at its end anyway. */
async function keep(connection: RespConnection): Promise<void> {
  const saved = await connection.call('ACL', 'SAVE')
  if (saved.isDone) return
  if (!noAclFile.test(saved.text)) throw applyFailed(`Redis changed the account but could not save its ACL file (${nameOf(saved)}).`)
  const written = await connection.call('CONFIG', 'REWRITE')
  if (!written.isDone && !nothingToSave.test(written.text)) throw applyFailed(`Redis changed the account but could not write its configuration (${nameOf(written)}).`)
}

/** What Redis stores of a password. */
function hashOf({ secret }: Credential): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** The word at the beginning of an error, such as WRONGPASS or NOPERM. */
function nameOf({ text }: RespAnswer): string {
  return /^[A-Z]{1,24}(?= |$)/.exec(text)?.[0] ?? 'ERR'
}
