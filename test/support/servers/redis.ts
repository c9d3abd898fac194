import { join } from 'node:path'
import { mustRun, removeFolder, runProgram, serverFolder, startServer, type StartedServer } from './server'

/** Where a Redis server keeps its accounts. */
type Keeps = 'acl-file' | 'config-file' | 'nothing'

/** A Redis server with a configuration or an ACL file of its own, or with neither. The account default is the administrator. */
export class RedisServer {
  readonly folder: string
  readonly adminPassword = 'admin-password-of-the-test'
  readonly #keeps: Keeps
  #server: StartedServer | null = null
  #port = 0

  private constructor(folder: string, keeps: Keeps) {
    this.folder = folder
    this.#keeps = keeps
  }

  /** `users`: rules as ACL SETUSER takes them, the name first. */
  static async start(keeps: Keeps, users: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(serverFolder('redis'), keeps)
    const all = [`default on >${server.adminPassword} ~* &* +@all`, ...users]
    await server.#write('users.acl', all.map((user) => `user ${user}\n`).join(''))
    const accounts = keeps === 'acl-file' ? `aclfile ${join(server.folder, 'users.acl')}\n` : all.map((user) => `user ${user}\n`).join('')
    await server.#write('redis.conf', `bind 127.0.0.1\nsave ""\ndir ${server.folder}\nunixsocket ${server.socket}\n${accounts}`)
    await server.startAgain()
    if (keeps === 'nothing') for (const user of all) await server.command('ACL', 'SETUSER', ...user.split(' '))
    return server
  }

  get socket(): string {
    return join(this.folder, 'redis.sock')
  }

  get port(): number {
    return this.#port
  }

  async startAgain(): Promise<void> {
    const plain = ['--bind', '127.0.0.1', '--save', '', '--dir', this.folder, '--unixsocket', this.socket]
    this.#server = await startServer({
      command: 'redis-server',
      args: (port) => [...(this.#keeps === 'nothing' ? plain : [join(this.folder, 'redis.conf')]), '--port', String(port)],
      isReady: async (port) => /PONG|NOAUTH/.test((await runProgram('redis-cli', ['-p', String(port), 'PING'])).stdout),
      ...(this.#port === 0 ? {} : { port: this.#port }),
    })
    this.#port = this.#server.port
  }

  /** Runs a command as the administrator; on a server without accounts as anybody. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await this.#cli('default', this.adminPassword, args)
    return stdout.trim()
  }

  /** Whether redis-cli can log in, as an independent witness. */
  async logsIn(account: string, password: string): Promise<boolean> {
    const { stdout } = await this.#cli(account, password, ['ACL', 'WHOAMI'])
    return stdout.trim() === account
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = null
  }

  async dispose(): Promise<void> {
    await this.stop()
    removeFolder(this.folder)
  }

  #cli(account: string, password: string, args: readonly string[]) {
    return runProgram('redis-cli', ['-p', String(this.#port), '--no-auth-warning', '--user', account, ...args], { env: { REDISCLI_AUTH: password } })
  }

  async #write(name: string, content: string): Promise<void> {
    await mustRun('sh', ['-c', 'umask 077; cat > "$1"', 'sh', join(this.folder, name)], { asServer: true, input: content })
  }
}
