import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { mustRun, removeFolder, runProgram, serverFolder, startServer, type StartedServer } from './server'

/** A PostgreSQL server with a data directory of its own, which demands SCRAM passwords everywhere. */
export class PostgresqlServer {
  readonly folder: string
  readonly adminPassword = 'admin-password-of-the-test'
  #server: StartedServer | null = null
  #port = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  static async start(): Promise<PostgresqlServer> {
    const server = new PostgresqlServer(serverFolder('postgresql'))
    const password = join(server.folder, 'password')
    await mustRun('sh', ['-c', 'umask 077; cat > "$1"', 'sh', password], { asServer: true, input: `${server.adminPassword}\n` })
    await mustRun(binary('initdb'), ['-D', server.data, '-U', 'admin', `--pwfile=${password}`, '-A', 'scram-sha-256', '--no-sync', '-E', 'UTF8', '--locale=C'], { asServer: true })
    await server.startAgain()
    return server
  }

  get data(): string {
    return join(this.folder, 'data')
  }

  get port(): number {
    return this.#port
  }

  get log(): string {
    return join(this.folder, 'server.log')
  }

  /** After stop(): on the same port and data. */
  async startAgain(): Promise<void> {
    const options = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${this.folder}`, 'log_statement=all', 'log_connections=on', 'logging_collector=on', `log_directory=${this.folder}`, 'log_filename=server.log']
    this.#server = await startServer({
      command: binary('postgres'),
      args: (port) => ['-D', this.data, '-p', String(port), ...options.flatMap((option) => ['-c', option])],
      isReady: async (port) => (await this.#psql(port, 'admin', this.adminPassword, 'SELECT 1')).code === 0,
      ...(this.#port === 0 ? {} : { port: this.#port }),
    })
    this.#port = this.#server.port
  }

  /** Runs a statement as the administrator. */
  async sql(statement: string): Promise<string> {
    const { code, stdout, stderr } = await this.#psql(this.#port, 'admin', this.adminPassword, statement)
    if (code !== 0) throw new Error(stderr)
    return stdout.trim()
  }

  /** Whether psql can log in, as an independent witness. */
  async logsIn(role: string, password: string): Promise<boolean> {
    const { code, stdout, stderr } = await this.#psql(this.#port, role, password, 'SELECT current_user')
    if (code !== 0 && !stderr.includes('password authentication failed')) throw new Error(stderr)
    return code === 0 && stdout === `${role}\n`
  }

  /** As a crash. */
  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = null
  }

  async dispose(): Promise<void> {
    await this.stop()
    removeFolder(this.folder)
  }

  #psql(port: number, role: string, password: string, statement: string) {
    return runProgram(binary('psql'), ['-X', '-A', '-t', '-h', '127.0.0.1', '-p', String(port), '-U', role, '-d', 'postgres', '-c', statement], { env: { PGPASSWORD: password, PGCONNECT_TIMEOUT: '5' } })
  }
}

/** The newest version that is installed. */
function binary(name: string): string {
  const base = '/usr/lib/postgresql'
  const [newest = ''] = readdirSync(base).sort((a, b) => Number(b) - Number(a))
  return join(base, newest, 'bin', name)
}
