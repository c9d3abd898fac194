import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../support/cli'
import { runCliHere } from '../support/cli-here'
import { runOnTerminal } from '../support/terminal-cli'

type Answer = Record<string, unknown>

const base = mkdtempSync(join(tmpdir(), 'keystead-secrets-'))
const at = (name: string) => join(base, name)
const vaultArguments = ['--vault', at('vault'), '--passphrase-file', at('passphrase')]

const keystead = (args: readonly string[], input = '') => runCliHere(at('settings'), [...vaultArguments, ...args], Buffer.from(input))

/** What a command that succeeds prints. */
async function output(args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await keystead(args, input)
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
  return stdout.toString()
}

const answer = async (args: readonly string[], input = '') => JSON.parse(await output(args, input)) as Answer
const call = (operation: string, request: Answer) => answer(['call', operation, '-'], JSON.stringify(request))
const put = (value: string, ...args: string[]) => answer(['secret', 'put', ...args], value)

async function refusal(args: readonly string[], input = ''): Promise<{ code: number | null; Code: string }> {
  const { code, stdout, stderr } = await keystead(args, input)
  expect(stdout.toString()).toBe('')
  return { code, Code: (JSON.parse(stderr) as { Code: string }).Code }
}

beforeAll(async () => {
  writeFileSync(at('passphrase'), 'correct horse battery staple\n', { mode: 0o600 })
  // Made by the program, which opens it in some of these tests.
  expect(await runCli([...vaultArguments, 'init', '--kdf-target-ms', '1', '--recovery-kit', at('kit.txt')], { cwd: base })).toMatchObject({ code: 0, stderr: '' })
}, 60_000)

afterAll(() => rmSync(base, { recursive: true, force: true }))

describe('the sequence of the quick-start', () => {
  it('gives the documented values through call', async () => {
    const SecretName = 'quick-start-call'
    await call('CreateSecret', { SecretName, SecretData: 'data of v1', VersionId: 'v1' })
    expect(await call('GetSecretValue', { SecretName, VersionStage: '', VersionId: '' })).toMatchObject({ SecretData: 'data of v1', VersionId: 'v1', VersionStages: { VersionStage: ['ACSCurrent'] } })
    const stages = '["ACSCurrent","MyUserstage"]'
    expect(await call('PutSecretValue', { SecretName, SecretData: 'data of v2', VersionId: 'v2', VersionStages: stages })).toMatchObject({ VersionId: 'v2', VersionStages: { VersionStage: ['ACSCurrent', 'MyUserstage'] } })
    expect(await call('GetSecretValue', { SecretName })).toMatchObject({ SecretData: 'data of v2', VersionId: 'v2' })
    await call('PutSecretValue', { SecretName, SecretData: 'data of v3', VersionId: 'v3' })
    expect(await call('GetSecretValue', { SecretName })).toMatchObject({ SecretData: 'data of v3', VersionId: 'v3' })
    expect(await call('GetSecretValue', { SecretName, VersionStage: 'MyUserstage' })).toMatchObject({ SecretData: 'data of v2', VersionId: 'v2' })
    await call('DeleteSecret', { SecretName, ForceDeleteWithoutRecovery: 'true' })
    expect(await refusal(['call', 'GetSecretValue', JSON.stringify({ SecretName })])).toEqual({ code: 1, Code: 'Forbidden.ResourceNotFound' })
  }, 60_000)

  it('gives the documented values through the commands', async () => {
    const name = 'quick-start/commands'
    const get = (...args: string[]) => output(['secret', 'get', name, ...args])
    expect(await put('data of v1', name, '--create')).toMatchObject({ SecretName: name, VersionId: 'v1' })
    expect(await get()).toBe('data of v1')
    expect(await put('data of v2', name, '--stages', 'ACSCurrent,MyUserstage')).toMatchObject({ VersionId: 'v2' })
    expect(await get()).toBe('data of v2')
    expect(await put('data of v3', name)).toMatchObject({ VersionId: 'v3', VersionStages: { VersionStage: ['ACSCurrent'] } })
    expect(await get()).toBe('data of v3')
    expect(await get('--stage', 'MyUserstage')).toBe('data of v2')
    expect(await get('--stage', 'ACSPrevious')).toBe('data of v2')
    expect(await get('--version', 'v1')).toBe('data of v1')
    expect(await output(['secret', 'delete', name, '--force', '--yes'])).toContain(name)
    expect(await refusal(['secret', 'get', name])).toEqual({ code: 1, Code: 'Forbidden.ResourceNotFound' })
  }, 60_000)
})

describe('secret put and get', () => {
  it('keeps bytes as they are, from standard input or a file', async () => {
    const bytes = Buffer.from([0, 1, 255, 10])
    writeFileSync(at('value.bin'), bytes)
    await answer(['secret', 'put', 'binary', '--create', '--binary', '--file', at('value.bin')])
    expect((await keystead(['secret', 'get', 'binary'])).stdout).toEqual(bytes)
    expect(await answer(['secret', 'get', 'binary', '--json'])).toMatchObject({ SecretDataType: 'binary', SecretData: bytes.toString('base64') })
    await put('with a line end\n', 'text', '--create')
    expect(await output(['secret', 'get', 'text'])).toBe('with a line end\n')
    expect(await answer(['secret', 'get', 'text', '--json'])).toMatchObject({ SecretDataType: 'text', SecretData: 'with a line end\n' })
  }, 60_000)

  it('gives further stages to the first version', async () => {
    await put('a value', 'staged', '--create', '--version-id', 'first', '--stages', 'ACSCurrent,Blue', '--description', 'two stages')
    expect(await output(['secret', 'get', 'staged', '--stage', 'Blue'])).toBe('a value')
    expect(await call('DescribeSecret', { SecretName: 'staged' })).toMatchObject({ Description: 'two stages' })
  }, 60_000)

  it('sets one field and leaves the others', async () => {
    await put('s3cret', 'web/login', '--create', '--template', 'login', '--field', 'password')
    await put('alice', 'web/login', '--field', 'username')
    await put('another', 'web/login', '--field', 'password')
    expect(await output(['secret', 'get', 'web/login', '--field', 'username'])).toBe('alice')
    expect(await output(['secret', 'get', 'web/login', '--field', 'password'])).toBe('another')
    expect(await output(['secret', 'get', 'web/login', '--stage', 'ACSPrevious', '--field', 'password'])).toBe('s3cret')
    expect(JSON.parse(await output(['secret', 'get', 'web/login']))).toEqual({ username: 'alice', password: 'another' })
    expect(await refusal(['secret', 'get', 'web/login', '--field', 'none'])).toEqual({ code: 1, Code: 'Forbidden.ResourceNotFound' })
    await put('just text', 'plain', '--create')
    expect(await refusal(['secret', 'put', 'plain', '--field', 'password'], 'x')).toEqual({ code: 1, Code: 'InvalidParameter' })
  }, 90_000)

  it('writes a value to a file for its owner only, and replaces nothing unless told', async () => {
    await put('to a file', 'file/value', '--create')
    expect(await output(['secret', 'get', 'file/value', '-o', at('value.txt')])).toBe('')
    expect(readFileSync(at('value.txt'), 'utf8')).toBe('to a file')
    expect(statSync(at('value.txt')).mode & 0o777).toBe(0o600)
    chmodSync(at('value.txt'), 0o644)
    expect(await refusal(['secret', 'get', 'file/value', '-o', at('value.txt')])).toEqual({ code: 1, Code: 'Rejected.ResourceExist' })
    expect(await output(['secret', 'get', 'file/value', '--out', at('value.txt'), '--force'])).toBe('')
    expect(statSync(at('value.txt')).mode & 0o777).toBe(0o600)
    expect(readdirSync(base).filter((name) => name.endsWith('.tmp'))).toEqual([])
  }, 60_000)

  it.each<[string, string[], string]>([
    ['Forbidden.ResourceNotFound', ['secret', 'put', 'not/there'], 'x'],
    ['InvalidParameter', ['secret', 'put', 'two words', '--create'], 'x'],
    ['InvalidParameter', ['secret', 'put', 'too-long', '--create'], 'x'.repeat(30_721)],
    ['Rejected.LimitExceeded', ['secret', 'put', 'too-long', '--create'], 'x'.repeat(64 * 1024 + 1)],
    ['InvalidParameter', ['secret', 'put', 'x', '--create', '--file', '/nonexistent/file'], ''],
  ])('refuses with %s', async (Code, args, input) => {
    expect(await refusal(args, input)).toEqual({ code: 1, Code })
  })

  it('never takes a value from an argument', async () => {
    expect((await keystead(['secret', 'put', 'a-name', 'the value', '--create'])).code).toBe(2)
  })
})

describe('lists, stages, deletion', () => {
  beforeAll(async () => {
    for (const name of ['lists/one', 'lists/two', 'lists/deep/three', 'elsewhere/one']) await put(`value of ${name}`, name, '--create')
  }, 60_000)

  const names = async (...args: string[]) =>
    (await output(['secret', 'list', '--json', ...args]))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { SecretName: string }).SecretName)

  it('lists by folder and by search, without any value', async () => {
    expect(await names('--folder', 'lists')).toEqual(['lists/deep/three', 'lists/one', 'lists/two'])
    expect(await names('--folder', 'lists', '--search', 'one')).toEqual(['lists/one'])
    const table = await output(['secret', 'list', '--folder', 'lists'])
    expect(table.split('\n').map((line) => line.split(/\s+/)[0])).toEqual(['NAME', 'lists/deep/three', 'lists/one', 'lists/two', ''])
    expect(table).not.toContain('value of')
  }, 60_000)

  it('moves and removes stages and shows them with the versions', async () => {
    await put('second', 'lists/one', '--stages', 'Next')
    expect(await output(['secret', 'get', 'lists/one'])).toBe('value of lists/one')
    await answer(['secret', 'stage', 'lists/one', 'ACSCurrent', '--move-to', 'v2'])
    expect(await output(['secret', 'get', 'lists/one'])).toBe('second')
    await answer(['secret', 'stage', 'lists/one', 'Next', '--remove-from', 'v2'])
    const { VersionIds } = (await answer(['secret', 'versions', 'lists/one', '--json'])) as { VersionIds: { VersionId: Answer[] } }
    const stages = Object.fromEntries(VersionIds.VersionId.map(({ VersionId, VersionStages }) => [VersionId, (VersionStages as Answer)['VersionStage']]))
    expect(stages).toEqual({ v1: ['ACSPrevious'], v2: ['ACSCurrent'] })
    expect(await output(['secret', 'versions', 'lists/one'])).toMatch(/^VERSION\s+CREATED\s+STAGES\n(.*\n){2}$/)
    expect(await refusal(['secret', 'stage', 'lists/one', 'ACSCurrent', '--remove-from', 'v2'])).toMatchObject({ code: 1 })
  }, 90_000)

  it('moves a secret to the recycle bin and takes it back', async () => {
    expect(await answer(['secret', 'delete', 'lists/two', '--days', '7'])).toMatchObject({ SecretName: 'lists/two' })
    expect(await refusal(['secret', 'get', 'lists/two'])).toEqual({ code: 1, Code: 'Rejected.ResourceInDeleteWindow' })
    expect(await names('--folder', 'lists')).not.toContain('lists/two')
    expect(await names('--deleted')).toEqual(['lists/two'])
    await answer(['secret', 'restore', 'lists/two'])
    expect(await output(['secret', 'get', 'lists/two'])).toBe('value of lists/two')
  }, 90_000)

  it('asks for the name before it destroys a secret, and without a terminal needs --yes', async () => {
    const args = [...vaultArguments, 'secret', 'delete', 'elsewhere/one', '--force']
    expect((await runCli(args, { cwd: base, wrap: ['setsid', '-w'] })).code).toBe(2)
    const refused = await runOnTerminal(args, [{ after: 'to go on: ', keys: 'another name\r' }])
    expect(refused).toMatchObject({ code: 1, shown: expect.stringContaining('"Cancelled"') as string })
    expect(await output(['secret', 'get', 'elsewhere/one'])).toBe('value of elsewhere/one')
    expect(await runOnTerminal(args, [{ after: 'to go on: ', keys: 'elsewhere/one\r' }])).toMatchObject({ code: 0, shown: expect.stringContaining('"SecretName"') as string })
    expect(await refusal(['secret', 'get', 'elsewhere/one'])).toEqual({ code: 1, Code: 'Forbidden.ResourceNotFound' })
  }, 90_000)

  it('asks for a value on a terminal without showing it', async () => {
    const { code, shown } = await runOnTerminal([...vaultArguments, 'secret', 'put', 'lists/typed', '--create'], [{ after: 'Value: ', keys: 'typed value\r' }])
    expect(code).toBe(0)
    expect(shown).not.toContain('typed value')
    expect(await output(['secret', 'get', 'lists/typed'])).toBe('typed value')
  }, 60_000)
})

describe('read, inject and generate', () => {
  beforeAll(async () => {
    await put('first', 'app/db', '--create', '--field', 'password')
    await put('second', 'app/db', '--field', 'password')
    await put('äöü ', 'app/text', '--create')
    await put('a secret below', 'app/db/user', '--create')
  }, 60_000)

  it.each([
    ['keystead://app/db#password', 'second'],
    ['keystead://app/db/password', 'second'],
    ['keystead://app/db/password?stage=ACSPrevious', 'first'],
    ['keystead://app/db?version=v1#password', 'first'],
    ['keystead://app/text', 'äöü '],
    // The longest name that exists wins.
    ['keystead://app/db/user', 'a secret below'],
    ['keystead://app/db', '{"password":"second"}'],
  ])('reads %s', async (reference, value) => {
    expect(await output(['read', reference])).toBe(value)
    expect(await output(['read', '-n', reference])).toBe(`${value}\n`)
  }, 60_000)

  it.each([
    ['Forbidden.ResourceNotFound', 'keystead://none/of/this'],
    ['Forbidden.ResourceNotFound', 'keystead://app/db/none'],
    ['Forbidden.ResourceNotFound', 'keystead://app/db?stage=None'],
    ['InvalidParameter', 'app/db'],
    ['InvalidParameter', 'keystead://app/db?x=y'],
  ])('refuses with %s: %s', async (Code, reference) => {
    expect(await refusal(['read', reference])).toEqual({ code: 1, Code })
  })

  it('fills in a template, for its owner only whatever the umask', async () => {
    const template = Buffer.concat([Buffer.from('p: {{ keystead://app/db/password }}\nt: "{{keystead://app/text}}"\n{{ other }}\n'), Buffer.from([0xff, 0])])
    const filled = Buffer.concat([Buffer.from('p: second\nt: "äöü "\n{{ other }}\n'), Buffer.from([0xff, 0])])
    writeFileSync(at('template'), template)
    const wrap = ['sh', '-c', 'umask 0; exec "$@"', 'sh']
    expect(await runCli([...vaultArguments, 'inject', '-i', at('template'), '-o', at('filled')], { cwd: base, wrap })).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(at('filled'))).toEqual(filled)
    expect(statSync(at('filled')).mode & 0o777).toBe(0o600)
    expect((await runCli([...vaultArguments, 'inject'], { cwd: base, input: template })).stdout).toEqual(filled)
    expect(await refusal(['inject', '-i', at('template'), '-o', at('filled')])).toEqual({ code: 1, Code: 'Rejected.ResourceExist' })
    expect(await output(['inject', '-i', at('template'), '-o', at('filled'), '-f'])).toBe('')
  }, 60_000)

  it('writes nothing when a reference has no value, and names its line', async () => {
    writeFileSync(at('broken'), 'fine: {{ keystead://app/text }}\nnot: {{ keystead://none }}\n')
    const { code, stderr } = await keystead(['inject', '-i', at('broken'), '-o', at('broken-out')])
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({ Code: 'Forbidden.ResourceNotFound', Message: expect.stringMatching(/^Line 2: /) as string })
    expect(existsSync(at('broken-out'))).toBe(false)
  })

  it('generates passwords and passphrases', async () => {
    expect(await output(['generate', '--length', '32', '--no-symbols'])).toMatch(/^[A-Za-z0-9]{32}\n$/)
    expect(await output(['generate', '--words', '6', '--separator', ' '])).toMatch(/^([a-z-]+ ){5}[a-z-]+\n$/)
  })
})

describe('secret import and export', () => {
  beforeAll(async () => {
    writeFileSync(at('logins.csv'), 'Title,Username,Password,URL\nmail,alice,p4ss-of-mail,https://mail.example\n"=cmd()",bob,p4ss-of-cmd,\n')
    await put('there before', 'imported/mail', '--create')
  }, 60_000)

  const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1) ?? '') as Answer

  it('says what would be imported and changes nothing', async () => {
    const told = await output(['secret', 'import', at('logins.csv'), '--folder', 'imported', '--dry-run'])
    expect(lastLine(told)).toMatchObject({ Format: 'csv', New: 1, Taken: 1, Refused: 0 })
    expect(told).toMatch(/^taken\s+imported\/mail/m)
    expect(told).not.toContain('p4ss-of')
    expect(await output(['secret', 'list', '--folder', 'imported'])).toMatch(/^NAME.*\nimported\/mail .*\n$/)
  }, 60_000)

  it('imports what is new and, if told, what is taken', async () => {
    const skipped = await output(['secret', 'import', at('logins.csv'), '--folder', 'imported'])
    expect(lastLine(skipped)).toEqual({ Format: 'csv', Created: 1, NewVersions: 0, Skipped: 1, Failed: 0 })
    expect(await output(['secret', 'get', 'imported/mail'])).toBe('there before')
    const renamed = await output(['secret', 'import', at('logins.csv'), '--folder', 'imported', '--on-taken', 'rename', '--format', 'csv'])
    expect(lastLine(renamed)).toMatchObject({ Created: 2, Skipped: 0, Failed: 0 })
  }, 60_000)

  it('exports KDBX under a passphrase that opens it again', async () => {
    writeFileSync(at('kdbx-password'), 'a passphrase for KDBX\n')
    writeFileSync(at('wrong-password'), 'another\n')
    const target = at('vault.kdbx')
    expect(await answer(['secret', 'export', '--format', 'kdbx', '-o', target, '--folder', 'imported', '--password-file', at('kdbx-password')])).toMatchObject({ Exported: 4, LeftOut: 0 })
    expect(statSync(target).mode & 0o777).toBe(0o600)
    expect(await refusal(['secret', 'import', target, '--password-file', at('wrong-password')])).toEqual({ code: 1, Code: 'InvalidParameter' })
    const told = await output(['secret', 'import', target, '--password-file', at('kdbx-password'), '--folder', 'again', '--dry-run'])
    expect(lastLine(told)).toMatchObject({ Format: 'kdbx', New: 4 })
    expect(await refusal(['secret', 'export', '--format', 'kdbx', '-o', target, '--password-file', at('kdbx-password')])).toEqual({ code: 1, Code: 'Rejected.ResourceExist' })
  }, 90_000)

  it('asks for the password of a file on the terminal', async () => {
    const args = [...vaultArguments, 'secret', 'import', at('vault.kdbx'), '--folder', 'typed', '--dry-run']
    const { code, shown } = await runOnTerminal(args, [{ after: 'Password of the file: ', keys: 'a passphrase for KDBX\r' }])
    expect({ code, hasRows: shown.includes('"New":4') }).toEqual({ code: 0, hasRows: true })
  }, 60_000)

  it('exports plain text after a warning, for its owner only', async () => {
    const { code, stderr } = await keystead(['secret', 'export', '--format', 'json', '--plain', '-o', at('plain.json'), '--folder', 'imported'])
    expect(code).toBe(0)
    expect(stderr).toContain('PLAIN TEXT')
    expect(statSync(at('plain.json')).mode & 0o777).toBe(0o600)
    expect(readFileSync(at('plain.json'), 'utf8')).toContain('p4ss-of-mail')
    expect((await keystead(['secret', 'export', '--format', 'env', '-o', at('plain.env')])).code).toBe(2)
    expect(existsSync(at('plain.env'))).toBe(false)
  }, 60_000)

  it.each([
    ['InvalidParameter', 'nowhere.csv', ''],
    ['InvalidParameter', 'cut.kdbx', 'a KDBX file that is none'],
  ])('refuses with %s: %s', async (Code, name, content) => {
    if (content !== '') writeFileSync(at(name), content)
    expect(await refusal(['secret', 'import', at(name)])).toEqual({ code: 1, Code })
  })
})
