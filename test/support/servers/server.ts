import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How a program ended. */
export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Whom servers run as: ourselves, or the account that comes with PostgreSQL when we are root, whom servers refuse. */
export function serverUser(): { uid: number; gid: number; name: string; shell: string } {
  const wanted = process.getuid?.() === 0 ? 'postgres' : String(process.getuid?.())
  const line = spawnSync('getent', ['passwd', wanted], { encoding: 'utf8' }).stdout.trim()
  const [name = '', , uid = '', gid = '', , , shell = ''] = line.split(':')
  if (uid === '') throw new Error(`there is no account ${wanted} to run servers as`)
  return { uid: Number(uid), gid: Number(gid), name, shell }
}

/** A new folder that belongs to the user of servers. */
export function serverFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `keystead-${name}-`))
  const { uid, gid } = serverUser()
  chownSync(folder, uid, gid)
  return folder
}

/** Runs a program to its end. */
export function runProgram(command: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv; input?: string; asServer?: boolean; cwd?: string } = {}): Promise<Ended> {
  const { env = {}, input, asServer = false, cwd = '/' } = options
  const who = asServer ? { uid: serverUser().uid, gid: serverUser().gid } : {}
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', ...env }, ...who, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 255 : 0, stdout, stderr })
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input ?? '')
  })
}

/** As runProgram(); an error when it does not end well. */
export async function mustRun(...call: Parameters<typeof runProgram>): Promise<string> {
  const { code, stdout, stderr } = await runProgram(...call)
  if (code !== 0) throw new Error(`${call[0]} ended with ${code}: ${stderr}${stdout}`)
  return stdout
}

/** A port that nothing listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

/** A server that was started by a test. */
export interface StartedServer {
  readonly port: number
  readonly child: ChildProcess
  stop(): Promise<void>
}

export interface ServerStart {
  command: string
  args: (port: number) => readonly string[]
  /** Whether it takes logins by now. */
  isReady: (port: number) => Promise<boolean>
  env?: NodeJS.ProcessEnv
  /** The port to listen at; a free one unless a server is started again. */
  port?: number
}

const pauseMs = 50
const patienceMs = 30_000

/** Starts a server at a free port and waits until it is ready; another port when that one was taken in between. */
export async function startServer(start: ServerStart): Promise<StartedServer> {
  for (let attempt = 1; ; attempt++) {
    const port = start.port ?? (await freePort())
    const { uid, gid } = serverUser()
    // The server ends with this process, however that ends.
    const privileges = ['--pdeathsig', 'KILL', ...(process.getuid?.() === 0 ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [])]
    const child = spawn('setpriv', [...privileges, start.command, ...start.args(port)], { cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', ...start.env } })
    const said: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => said.push(data.toString()))
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
    let isGone = false
    void ended.then(() => (isGone = true))
    const stop = async () => {
      if (!isGone && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      await ended
    }
    try {
      for (const until = Date.now() + patienceMs; !(await start.isReady(port)); ) {
        if (isGone) throw new Error(`${start.command} ended: ${said.join('')}`)
        if (Date.now() > until) throw new Error(`${start.command} does not get ready: ${said.join('')}`)
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
      return { port, child, stop }
    } catch (error) {
      await stop()
      if (attempt === 3) throw error
    }
  }
}

/** Removes a folder of serverFolder(). */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Whether any of the texts is in a file. */
export function fileHolds(path: string, texts: readonly string[]): boolean {
  const content = readFileSync(path, 'latin1')
  return texts.some((text) => content.includes(text))
}
