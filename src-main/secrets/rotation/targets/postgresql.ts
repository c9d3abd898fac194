import Client from 'pg/lib/client.js'
import { scramVerifier } from './scram-verifier'
import { accepted, applyFailed, loginRefused, nameOfError, refused, unreachable, type Credential, type LoginAnswer, type RotationTarget, type TargetChange } from './target'
import { addressOf, answerMs, placeText, type ServerPlace } from './target-config'

/** invalid_password, and invalid_authorization_specification (no such role, not from here, may not log in). */
const refusals = new Set(['28P01', '28000'])

/** Roles of PostgreSQL 10 or later. The server is sent a SCRAM verifier, never a new password. */
export class PostgresqlTarget implements RotationTarget {
  readonly keepsOld = false
  readonly isOpaque = false
  readonly #place: ServerPlace & { database: string }

  constructor(place: ServerPlace & { database: string }) {
    this.#place = place
  }

  async login(credential: Credential): Promise<LoginAnswer> {
    const found = await this.#connect(credential)
    if (!(found instanceof Client)) return found
    await end(found)
    return accepted
  }

  async apply({ admin, from, to }: TargetChange): Promise<void> {
    const client = await this.#connect(admin ?? from)
    if (!(client instanceof Client)) throw loginRefused(admin ? `The administrator: ${client.reason ?? ''}` : (client.reason ?? ''))
    try {
      await client.query(`ALTER ROLE ${quoted(to.account)} PASSWORD '${await scramVerifier(textOf(to.secret))}'`)
    } catch (error) {
      throw applyFailed(`PostgreSQL does not change the role (${nameOfError(error)}).`)
    } finally {
      await end(client)
    }
  }

  async retire(): Promise<void> {}

  async close(): Promise<void> {}

  async #connect({ account, secret }: Credential): Promise<Client | LoginAnswer> {
    if (secret.length === 0) return refused('There is no password to log in with.')
    const { host, port, socketPath, database } = this.#place
    const place = { host: socketPath ?? addressOf(host), port, database }
    const client = new Client({ ...place, user: account, password: textOf(secret), ssl: false, connectionTimeoutMillis: answerMs, query_timeout: answerMs, application_name: 'keystead' })
    // A connection that ends by itself is found by the call that is under way.
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch (error) {
      await end(client)
      const name = nameOfError(error)
      if (refusals.has(name)) return refused(`PostgreSQL refuses this role with this password (${name}).`)
      throw unreachable(`PostgreSQL at ${placeText(this.#place)} cannot be reached (${name}).`)
    }
  }
}

async function end(client: Client): Promise<void> {
  await client.end().catch(() => undefined)
}

/** An identifier, whatever characters it has. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
