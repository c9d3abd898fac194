import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../support/cli'
import { processTree } from '../support/processes'
import { projectRoot } from '../support/source-files'
import { runOnTerminal } from '../support/terminal-cli'

const base = mkdtempSync(join(tmpdir(), 'keystead-run-'))
const at = (name: string) => join(base, name)
const vaultArguments = ['--vault', at('vault'), '--passphrase-file', at('passphrase')]

const password = 'c4nary-p4ssword'
const field = 'c4nary field/value'
const concealed = '<concealed by keystead>'
const references = { DB_PASSWORD: 'keystead://app/db', API: 'Bearer {{ keystead://app/api/token }}', PLAIN: 'as it is' }

const keystead = (args: readonly string[], env: Record<string, string> = {}) => runCli([...vaultArguments, ...args], { cwd: base, env })

/** Runs a shell script as the child, with the references in its environment. */
async function shell(script: string, { options = [], env = references }: { options?: string[]; env?: Record<string, string> } = {}) {
  const { code, stdout, stderr } = await keystead(['run', ...options, '--', 'sh', '-c', script], env)
  return { code, stdout: stdout.toString(), stderr }
}

beforeAll(async () => {
  writeFileSync(at('passphrase'), 'correct horse battery staple\n', { mode: 0o600 })
  expect(await keystead(['init', '--kdf-target-ms', '1', '--recovery-kit', at('kit.txt')])).toMatchObject({ code: 0, stderr: '' })
  const put = (value: string, ...args: string[]) => runCli([...vaultArguments, 'secret', 'put', ...args], { cwd: base, input: Buffer.from(value) })
  expect(await put(password, 'app/db', '--create')).toMatchObject({ code: 0, stderr: '' })
  expect(await put(field, 'app/api', '--create', '--field', 'token')).toMatchObject({ code: 0, stderr: '' })
  expect(await put('abc', 'app/short', '--create')).toMatchObject({ code: 0, stderr: '' })
  expect(await put('not\0text', 'app/nul', '--create', '--binary')).toMatchObject({ code: 0, stderr: '' })
}, 60_000)

afterAll(() => rmSync(base, { recursive: true, force: true }))

describe('the environment of the child', () => {
  it('has the values in place of the references, and nothing of ours', async () => {
    const script = 'printf "%s|" "$DB_PASSWORD" "$API" "$PLAIN" "${ELECTRON_RUN_AS_NODE-not set}" "$HOME"'
    expect(await shell(script, { options: ['--no-masking'] })).toEqual({ code: 0, stderr: '', stdout: `${password}|Bearer ${field}|as it is|not set|${base}|` })
  })

  it('takes env files, the later over the earlier and both over what is inherited', async () => {
    writeFileSync(at('one.env'), '# first\nDB_PASSWORD=keystead://app/api#token\nPLAIN="one"\nONLY_ONE=1\n')
    writeFileSync(at('two.env'), "export PLAIN='two'\n")
    const options = ['--env-file', at('one.env'), '--env-file', at('two.env'), '--no-masking']
    expect(await shell('printf "%s|" "$DB_PASSWORD" "$PLAIN" "$ONLY_ONE"', { options })).toMatchObject({ code: 0, stdout: `${field}|two|1|` })
  })

  it('leaves --env-file among the arguments of the child to the child', async () => {
    const { code, stdout } = await keystead(['run', '--', 'echo', '--env-file=/nowhere', '--env-file', '/nowhere'], references)
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '--env-file=/nowhere --env-file /nowhere\n' })
  })

  it('opens no vault where there is no reference', async () => {
    const { code, stdout } = await runCli(['--vault', at('none'), 'run', '--', 'printenv', 'PLAIN'], { cwd: base, env: { PLAIN: 'as it is' }, wrap: ['setsid', '-w'] })
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'as it is\n' })
  })

  it.each([
    ['Forbidden.ResourceNotFound', 'keystead://none'],
    ['Forbidden.ResourceNotFound', 'keystead://app/db?stage=None'],
    ['Forbidden.ResourceNotFound', 'x {{ keystead://app/api/none }}'],
    ['InvalidParameter', 'keystead://two words'],
    ['InvalidParameter', '{{ keystead://app/db }'],
    ['InvalidParameter', 'keystead://app/nul'],
  ])('stops with %s before the child starts and names the variable: %s', async (Code, value) => {
    const { code, stdout, stderr } = await shell(`touch ${at('started')}`, { env: { FINE: 'keystead://app/db', MY_VARIABLE: value } })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({ Code, Message: expect.stringMatching(/^MY_VARIABLE: /) as string })
    expect(stderr).not.toContain(value)
    expect(existsSync(at('started'))).toBe(false)
  })

  it('stops at an env file that is not there or cannot be read', async () => {
    writeFileSync(at('bad.env'), `A=1\nB ${password}\n`)
    expect(await shell('true', { options: ['--env-file', at('nowhere.env')] })).toMatchObject({ code: 1 })
    const { code, stderr } = await shell('true', { options: ['--env-file', at('bad.env')] })
    expect(code).toBe(1)
    expect(stderr).toContain('line 2')
    expect(stderr).not.toContain(password)
  })
})

describe('masking', () => {
  it('conceals values in both outputs', async () => {
    expect(await shell('echo "out $DB_PASSWORD $API."; echo "err $DB_PASSWORD" >&2')).toEqual({
      code: 0,
      stdout: `out ${concealed} Bearer ${concealed}.\n`,
      stderr: `err ${concealed}\n`,
    })
  })

  it('conceals a value that comes in pieces', async () => {
    const script = 'printf %s "${DB_PASSWORD%????????}"; sleep 0.3; printf %s "${DB_PASSWORD#???????}"; echo'
    expect(await shell(script)).toMatchObject({ code: 0, stdout: `${concealed}\n` })
  })

  it('conceals Base64, JSON and URLs of a value', async () => {
    const script = [
      'printf %s "$DB_PASSWORD" | base64',
      'printf %s "user:$DB_PASSWORD" | base64 | grep -c "$(printf %s "user:$DB_PASSWORD" | base64)"',
      'printf %s "user:$DB_PASSWORD!" | base64',
      'echo c4nary%20field%2Fvalue',
    ].join('\n')
    const { stdout } = await shell(script)
    const [whole, count, inside, url] = stdout.split('\n')
    expect([whole, count, url]).toEqual([concealed, '1', concealed])
    expect(inside).toMatch(new RegExp(`^.{0,8}${concealed}.{0,4}$`))
  })

  it('leaves values of fewer than four characters, which would be found everywhere', async () => {
    expect(await shell('echo "$A abc $B"', { env: { A: 'keystead://app/short', B: 'keystead://app/db' } })).toMatchObject({ stdout: `abc abc ${concealed}\n` })
  })

  it('conceals the secret fields of a value that is a set of them', async () => {
    expect(await shell('echo "token: $(printf %s "$A" | cut -d\\" -f4)"', { env: { A: 'keystead://app/api' } })).toMatchObject({ stdout: `token: ${concealed}\n` })
  })

  it('gives the child pipes that it can open by name', async () => {
    expect(await shell('echo "$DB_PASSWORD" > /dev/stdout; echo "$DB_PASSWORD" > /dev/stderr')).toEqual({ code: 0, stdout: `${concealed}\n`, stderr: `${concealed}\n` })
  })

  it('lets megabytes through unchanged', async () => {
    const { stdout } = await keystead(['run', '--', 'sh', '-c', 'head -c 8000000 /dev/zero'], references)
    expect(stdout.equals(Buffer.alloc(8_000_000))).toBe(true)
  }, 60_000)

  it('ends when nobody reads the output any more', async () => {
    const wrap = ['sh', '-c', '{ "$@"; echo "ended $?" >&2; } | head -n 1', 'sh']
    const { stdout, stderr } = await runCli([...vaultArguments, 'run', '--', 'sh', '-c', 'while echo line; do :; done'], { cwd: base, env: references, wrap })
    expect(stdout.toString()).toBe('line\n')
    expect(stderr).toMatch(/ended \d+/)
  }, 60_000)

  it('gives the child our own output with --no-masking', async () => {
    expect(await shell('echo "$DB_PASSWORD"; echo "$DB_PASSWORD" >&2', { options: ['--no-masking'] })).toEqual({ code: 0, stdout: `${password}\n`, stderr: `${password}\n` })
    const args = [...vaultArguments, 'run', '--no-masking', '--', 'sh', '-c', 'test -t 0 && test -t 1 && test -t 2 && echo "a terminal"']
    expect(await runOnTerminal(args, [], references)).toEqual({ code: 0, shown: 'a terminal\r\n' })
  })

  it('shows what a program asks before it waits', async () => {
    const args = [...vaultArguments, 'run', '--', 'sh', '-c', 'printf "Your name: "; read name; echo "Hello $name $DB_PASSWORD"']
    const { code, shown } = await runOnTerminal(args, [{ after: 'Your name: ', keys: 'Alice\r' }], references)
    expect(code).toBe(0)
    expect(shown).toContain(`Hello Alice ${concealed}`)
    expect(shown).not.toContain(password)
  })
})

describe('the end of the child', () => {
  it.each([0, 1, 2, 42, 255])('passes exit code %i on', async (expected) => {
    expect((await shell(`exit ${expected}`)).code).toBe(expected)
  })

  it('says what could not be started, with the exit code of a shell', async () => {
    const missing = await keystead(['run', '--', 'no-such-command-anywhere'], references)
    expect(missing.code).toBe(127)
    expect(JSON.parse(missing.stderr)).toMatchObject({ Message: expect.stringContaining('no-such-command-anywhere') as string })
    writeFileSync(at('no-program'), 'text', { mode: 0o600 })
    expect((await keystead(['run', '--', at('no-program')], references)).code).toBe(126)
  })

  it('cannot be understood without a command', async () => {
    expect((await keystead(['run'])).code).toBe(2)
    expect((await keystead(['run', 'true'])).code).toBe(2)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)('dies by %s when the child did', async (signal) => {
    const run = startWrapped(['run', '--', 'sh', '-c', `kill -${signal.slice(3)} $$`])
    expect(await run.ended).toEqual({ code: null, signal })
  })

  it('gives the exit code of a shell for a signal that would write our memory to the disk', async () => {
    expect(await startWrapped(['run', '--', 'sh', '-c', 'kill -QUIT $$']).ended).toEqual({ code: 131, signal: null })
  })
})

describe('signals', () => {
  it.each(['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'WINCH'])('passes SIG%s on to the child, which decides', async (name) => {
    const run = startWrapped(['run', '--', 'sh', '-c', `trap 'echo caught ${name}; exit 42' ${name}; echo ready; while :; do sleep 0.05; done`])
    await run.shows('ready\n')
    run.wrapper.kill(`SIG${name}` as NodeJS.Signals)
    expect(await run.ended).toEqual({ code: 42, signal: null })
    expect(run.output()).toBe(`ready\ncaught ${name}\n`)
  })

  it('lets the terminal send Ctrl+C to the child, once', async () => {
    const script = 'count=0; trap "count=\\$((count + 1))" INT; echo ready; sleep 1; sleep 0.3; echo "interrupted $count"; exit 7'
    const args = [...vaultArguments, 'run', '--', 'sh', '-c', script]
    const { code, shown } = await runOnTerminal(args, [{ after: 'ready', keys: '\u0003' }], references)
    expect({ code, counted: /interrupted \d+/.exec(shown)?.[0] }).toEqual({ code: 7, counted: 'interrupted 1' })
  })
})

describe('what other processes can see', () => {
  it('has no value in the environment or arguments of ours, and no file of the vault open', async () => {
    const run = startWrapped(['run', '--', 'sh', '-c', 'echo ready; read line'], 'pipe')
    await run.shows('ready\n')
    const tree = processTree(run.wrapper.pid ?? 0)
    const [child] = tree.filter(({ commandLine }) => commandLine.startsWith('sh\0'))
    const ours = tree.filter((view) => view !== child)
    // The wrapper, and the runtime that it starts.
    expect(ours.length).toBeGreaterThanOrEqual(2)
    expect(child?.environment).toContain(`DB_PASSWORD=${password}\0`)
    expect(child?.environment).not.toContain('ELECTRON_RUN_AS_NODE')
    for (const { environment, commandLine } of ours) {
      expect(environment).toContain('DB_PASSWORD=keystead://app/db')
      expect(environment + commandLine).not.toContain('c4nary')
    }
    expect(child?.commandLine).not.toContain('c4nary')
    expect(tree.flatMap(({ openFiles }) => openFiles).filter((path) => path.startsWith(at('vault')))).toEqual([])
    expect(await keystead(['secret', 'get', 'app/db'])).toMatchObject({ code: 0, stdout: Buffer.from(password) })
    run.wrapper.stdin?.end('go on\n')
    expect(await run.ended).toEqual({ code: 0, signal: null })
  }, 60_000)
})

interface Running {
  wrapper: ChildProcess
  output(): string
  shows(text: string): Promise<void>
  ended: Promise<{ code: number | null; signal: string | null }>
}

/** Starts the command as people do, through the script in the checkout, and not in a group of ours. */
function startWrapped(args: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore'): Running {
  const wrapper = spawn(process.execPath, [join(projectRoot, 'scripts/keystead.mjs'), ...vaultArguments, ...args], {
    env: { ...process.env, HOME: process.env['HOME'], ...references },
    stdio: [stdin, 'pipe', 'inherit'],
    detached: true,
  })
  let shown = ''
  const waiting = new Set<() => void>()
  wrapper.stdout?.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8')
    for (const check of waiting) check()
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    wrapper.once('error', reject)
    wrapper.once('close', (code, signal) => resolve({ code, signal }))
  })
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (shown.includes(text)) resolve()
      }
      waiting.add(check)
      check()
      void ended.then(() => reject(new Error(`ended without showing ${JSON.stringify(text)}`)))
    })
  return { wrapper, output: () => shown, shows, ended }
}
