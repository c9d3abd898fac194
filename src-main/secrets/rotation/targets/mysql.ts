import { createHash } from 'node:crypto'
import { createConnection, type Connection } from 'mysql2/promise'
import { accepted, applyFailed, loginRefused, nameOfError, refused, unreachable, type Credential, type LoginAnswer, type RotationTarget, type TargetChange } from './target'
import { addressOf, answerMs, placeText, type ServerPlace } from './target-config'

const refusals = new Set(['ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR', 'ER_ACCOUNT_HAS_BEEN_LOCKED', 'ER_USER_IS_BLOCKED'])

/**
 * Accounts of MariaDB and MySQL. MariaDB is sent the hash of a new password. MySQL takes no hash for its own method
 * (caching_sha2_password), so it is sent the password, which it leaves out of its logs.
 */
export class MysqlTarget implements RotationTarget {
  readonly keepsOld = false
  readonly isOpaque = false
  readonly #place: ServerPlace & { accountHost: string }
  readonly #timeout: number

  /** `timeout`: milliseconds to wait for a connection, and for each answer. */
  constructor(place: ServerPlace & { accountHost: string }, timeout = answerMs) {
    this.#place = place
    this.#timeout = timeout
  }

  async login(credential: Credential): Promise<LoginAnswer> {
    const found = await this.#connect(credential)
    if ('isAccepted' in found) return found
    await end(found)
    return accepted
  }

  async apply({ admin, from, to }: TargetChange): Promise<void> {
    const connection = await this.#connect(admin ?? from)
    if ('isAccepted' in connection) throw loginRefused(admin ? `The administrator: ${connection.reason ?? ''}` : (connection.reason ?? ''))
    try {
      const [rows] = await connection.query<never>({ sql: 'SELECT VERSION()', rowsAsArray: true, timeout: this.#timeout })
      const account = admin ? `${quoted(to.account)}@${quoted(this.#place.accountHost)}` : null
      for (const statement of passwordStatements(String(rows), account, to.secret)) await connection.query({ sql: statement, timeout: this.#timeout })
    } catch (error) {
      // The statement may be under way still, and end() would wait for it.
      connection.destroy()
      throw applyFailed(`The server does not change the account (${nameOfError(error)}).`)
    }
    await end(connection)
  }

  async retire(): Promise<void> {}

  async close(): Promise<void> {}

  async #connect({ account, secret }: Credential): Promise<Connection | LoginAnswer> {
    const { host, port, socketPath } = this.#place
    const place = socketPath === null ? { host: addressOf(host), port } : { socketPath }
    try {
      // Row parsers made of text are off: code from text is nowhere in Keystead.
      const connection = await createConnection({ ...place, user: account, password: textOf(secret), connectTimeout: this.#timeout, disableEval: true, enableKeepAlive: false })
      // A connection that ends by itself is found by the call that is under way.
      connection.on('error', () => undefined)
      return connection
    } catch (error) {
      const name = nameOfError(error)
      if (refusals.has(name)) return refused(`The server refuses this account with this password (${name}).`)
      throw unreachable(`The server at ${placeText(this.#place)} cannot be reached (${name}).`)
    }
  }
}

/**
 * The statements that give an account (quoted; null: the one that is logged in) a new password. SET PASSWORD of MariaDB
 * leaves every other way to log in as it is.
 */
export function passwordStatements(version: string, account: string | null, password: Uint8Array): string[] {
  if (/mariadb/i.test(version)) return [`SET PASSWORD ${account === null ? '' : `FOR ${account} `}= '${nativeHash(password)}'`]
  // Without escapes in literals a doubled quote is all that is needed.
  const literal = `'${textOf(password).replaceAll("'", "''")}'`
  return ["SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'", `ALTER USER ${account ?? 'USER()'} IDENTIFIED BY ${literal}`]
}

/** What MariaDB stores of a password (mysql_native_password). */
function nativeHash(password: Uint8Array): string {
  const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest()
  return `*${sha1(sha1(password)).toString('hex').toUpperCase()}`
}

/** What was asked for is done: a connection that breaks at its end changes nothing about it. */
async function end(connection: Connection): Promise<void> {
  await connection.end().catch(() => undefined)
}

/** Names of accounts may be quoted as identifiers, in which nothing but the quote itself means anything. */
function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
