import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mustRun, removeFolder, runProgram, serverFolder, serverUser, startServer, type StartedServer } from './server'

const options = ['ListenAddress 127.0.0.1', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'UsePAM no', 'StrictModes no', 'PidFile none', 'AllowTcpForwarding no']

/**
 * A real sshd on loopback with a configuration of its own, which lets its own account in. That account's home is a folder
 * of the test's.
 */
export class SshServer {
  readonly folder: string
  readonly user = serverUser().name
  #server: StartedServer | null = null
  #port = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  /** `hostKeys`: kinds as ssh-keygen names them. */
  static async start(hostKeys: readonly string[] = ['ed25519']): Promise<SshServer> {
    const server = new SshServer(serverFolder('ssh'))
    await mustRun('mkdir', ['-p', '-m', '700', join(server.home, '.ssh')], { asServer: true })
    for (const kind of hostKeys) await mustRun('ssh-keygen', ['-q', '-t', kind, '-N', '', '-f', server.at(`host_${kind}`)], { asServer: true })
    const lines = [
      ...hostKeys.map((kind) => `HostKey ${server.at(`host_${kind}`)}`),
      ...options,
      `AuthorizedKeysFile ${server.authorizedKeys} ${server.at('more_keys')}`,
      `SetEnv HOME=${server.home}`,
    ]
    await server.#write('sshd_config', `${lines.join('\n')}\n`)
    await server.startAgain()
    return server
  }

  at(name: string): string {
    return join(this.folder, name)
  }

  get home(): string {
    return this.at('home')
  }

  get authorizedKeys(): string {
    return join(this.home, '.ssh', 'authorized_keys')
  }

  get port(): number {
    return this.#port
  }

  async startAgain(): Promise<void> {
    this.#server = await startServer({
      command: '/usr/sbin/sshd',
      args: (port) => ['-D', '-e', '-f', this.at('sshd_config'), '-p', String(port)],
      isReady: async (port) => (await runProgram('ssh-keyscan', ['-p', String(port), '127.0.0.1'])).stdout !== '',
      ...(this.#port === 0 ? {} : { port: this.#port }),
    })
    this.#port = this.#server.port
  }

  /** As ssh-keygen shows the server's key. */
  async fingerprint(kind = 'ed25519'): Promise<string> {
    return /SHA256:\S+/.exec(await mustRun('ssh-keygen', ['-l', '-f', this.at(`host_${kind}.pub`)]))?.[0] ?? ''
  }

  /** A key pair made by ssh-keygen. */
  async newKey(...options: string[]): Promise<{ privateKey: string; publicKey: string }> {
    const name = this.at(`key-${randomUUID()}`)
    await mustRun('ssh-keygen', ['-q', '-f', name, '-C', 'made by ssh-keygen', ...(options.includes('-N') ? [] : ['-N', '']), ...options], { asServer: true })
    return { privateKey: readFileSync(name, 'utf8'), publicKey: readFileSync(`${name}.pub`, 'utf8').trim() }
  }

  async authorize(content: string): Promise<void> {
    await this.#write(join('home', '.ssh', 'authorized_keys'), content)
  }

  /** As an administrator of the system may let a key in elsewhere. */
  async authorizeElsewhere(content: string): Promise<void> {
    await this.#write('more_keys', content)
  }

  authorized(): string {
    return readFileSync(this.authorizedKeys, 'utf8')
  }

  /** Whether ssh can log in with a private key, as an independent witness. */
  async logsIn(privateKey: string): Promise<boolean> {
    const name = this.at(`witness-${randomUUID()}`)
    await mustRun('sh', ['-c', 'umask 077; cat > "$1"', 'sh', name], { input: privateKey })
    const options = ['StrictHostKeyChecking=no', `UserKnownHostsFile=${this.at('known_hosts')}`, 'GlobalKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'BatchMode=yes', 'ConnectTimeout=10']
    const { code, stdout, stderr } = await runProgram('ssh', ['-F', '/dev/null', ...options.flatMap((option) => ['-o', option]), '-i', name, '-p', String(this.#port), `${this.user}@127.0.0.1`, 'echo in'])
    if (code !== 0 && !stderr.includes('Permission denied')) throw new Error(stderr)
    return code === 0 && stdout.trim() === 'in'
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = null
  }

  async dispose(): Promise<void> {
    await this.stop()
    if (existsSync(this.folder)) removeFolder(this.folder)
  }

  async #write(name: string, content: string): Promise<void> {
    await mustRun('sh', ['-c', 'umask 077; cat > "$1"', 'sh', this.at(name)], { asServer: true, input: content })
  }
}
