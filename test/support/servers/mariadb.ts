import { join } from 'node:path'
import { mustRun, removeFolder, runProgram, serverFolder, startServer, type StartedServer } from './server'

const options = ['--no-defaults', '--bind-address=127.0.0.1', '--general-log', '--innodb-buffer-pool-size=16M', '--innodb-flush-log-at-trx-commit=0', '--skip-name-resolve']

/** A MariaDB server with a data directory of its own. Its administrator logs in as admin. */
export class MariadbServer {
  readonly folder: string
  readonly adminPassword = 'admin-password-of-the-test'
  #server: StartedServer | null = null
  #port = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  static async start(): Promise<MariadbServer> {
    const server = new MariadbServer(serverFolder('mariadb'))
    await mustRun('mariadb-install-db', ['--no-defaults', `--datadir=${server.data}`, '--auth-root-authentication-method=normal', '--skip-test-db'], { asServer: true })
    await server.startAgain()
    await server.#asRoot(`CREATE USER admin@'%' IDENTIFIED BY '${server.adminPassword}'; GRANT ALL PRIVILEGES ON *.* TO admin@'%' WITH GRANT OPTION; DROP USER IF EXISTS ''@'localhost', ''@'${await hostName()}'`)
    return server
  }

  get data(): string {
    return join(this.folder, 'data')
  }

  get socket(): string {
    return join(this.folder, 'server.sock')
  }

  get port(): number {
    return this.#port
  }

  /** Every statement that the server was sent. */
  get log(): string {
    return join(this.folder, 'general.log')
  }

  async startAgain(): Promise<void> {
    this.#server = await startServer({
      command: 'mariadbd',
      args: (port) => [
        ...options,
        `--datadir=${this.data}`,
        `--socket=${this.socket}`,
        `--port=${port}`,
        `--pid-file=${join(this.folder, 'pid')}`,
        `--general-log-file=${this.log}`,
      ],
      isReady: async () => (await runProgram('mariadb-admin', ['--no-defaults', `--socket=${this.socket}`, '-u', 'root', 'ping'])).code === 0,
      ...(this.#port === 0 ? {} : { port: this.#port }),
    })
    this.#port = this.#server.port
  }

  /** Runs statements as the administrator. */
  async sql(statements: string): Promise<string> {
    const { code, stdout, stderr } = await this.#client('admin', this.adminPassword, statements)
    if (code !== 0) throw new Error(stderr)
    return stdout.trim()
  }

  /** Whether the mariadb client can log in, as an independent witness. */
  async logsIn(account: string, password: string): Promise<boolean> {
    const { code, stdout, stderr } = await this.#client(account, password, 'SELECT USER()')
    if (code !== 0 && !stderr.includes('ERROR 1045')) throw new Error(stderr)
    return code === 0 && stdout.startsWith(`${account}@`)
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = null
  }

  async dispose(): Promise<void> {
    await this.stop()
    removeFolder(this.folder)
  }

  #client(account: string, password: string, statements: string) {
    return runProgram('mariadb', ['--no-defaults', '--protocol=tcp', '-h', '127.0.0.1', '-P', String(this.#port), '-u', account, '-N', '-r', '-e', statements], { env: { MYSQL_PWD: password } })
  }

  async #asRoot(statements: string): Promise<void> {
    await mustRun('mariadb', ['--no-defaults', `--socket=${this.socket}`, '-u', 'root', '-e', statements])
  }
}

async function hostName(): Promise<string> {
  return (await mustRun('hostname', [])).trim()
}
