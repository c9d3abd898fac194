import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli, type CliResult } from '../support/cli'
import { runCliHere } from '../support/cli-here'

const base = mkdtempSync(join(tmpdir(), 'keystead-cli-'))
const passphrase = 'a passphrase for the command line'
const at = (name: string) => join(base, name)
/** A vault for what commands do, without a process for each, and one of the program for what its processes do. */
const vaultArguments = ['--vault', at('vault'), '--passphrase-file', at('passphrase')]
const programArguments = ['--vault', at('program'), '--passphrase-file', at('passphrase')]

const here = (args: readonly string[], input?: Uint8Array) => runCliHere(at('settings'), args, input)
const keystead = (...args: string[]) => here([...vaultArguments, ...args])
const program = (args: readonly string[], options: Parameters<typeof runCli>[1] = {}) => runCli([...programArguments, ...args], { cwd: base, ...options })

function answerOf({ code, stdout, stderr }: CliResult): Record<string, never> {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.toString()) as Record<string, never>
}

/** Runs an operation and gives its JSON answer. */
const call = async (operation: string, parameters: object) => answerOf(await keystead('call', operation, JSON.stringify(parameters)))

const createdKey = (answer: object) => (answer as { KeyMetadata: { KeyId: string } }).KeyMetadata.KeyId

async function refusal(...args: string[]): Promise<{ code: number | null; Code: string }> {
  const { code, stderr, stdout } = await keystead(...args)
  expect(stdout.toString()).toBe('')
  return { code, Code: (JSON.parse(stderr) as { Code: string }).Code }
}

describe('the command line', () => {
  let keyId = ''
  let programKeyId = ''

  beforeAll(async () => {
    writeFileSync(at('passphrase'), `${passphrase}\n`, { mode: 0o600 })
    const init = (kit: string) => ['init', '--name', 'CLI vault', '--kdf-target-ms', '1', '--recovery-kit', at(kit)]
    expect(answerOf(await program(init('kit.txt')))).toMatchObject({ Name: 'CLI vault', RecoveryKit: `saved to ${at('kit.txt')}` })
    expect(await keystead(...init('kit-here.txt'))).toMatchObject({ code: 0, stderr: '' })
    const createKey = ['call', 'CreateKey', '{"Description":"first"}']
    const createAlias = (KeyId: string) => ['call', 'CreateAlias', JSON.stringify({ KeyId, AliasName: 'alias/cli' })]
    keyId = createdKey(answerOf(await keystead(...createKey)))
    programKeyId = createdKey(answerOf(await program(createKey)))
    answerOf(await keystead(...createAlias(keyId)))
    answerOf(await program(createAlias(programKeyId)))
  }, 60_000)

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it('saves the recovery kit with 24 words for the owner only', () => {
    expect(readFileSync(at('kit.txt'), 'utf8').match(/^\s*\d+\. [a-z]+$/gm)).toHaveLength(24)
    expect(statSync(at('kit.txt')).mode & 0o777).toBe(0o600)
  })

  it('says that the vault is there when its kit cannot be saved', async () => {
    const other = ['--vault', at('no-kit'), '--passphrase-file', at('passphrase')]
    const { code, stderr } = await here([...other, 'init', '--kdf-target-ms', '1', '--recovery-kit', at('nowhere/kit.txt')])
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({ Code: 'InvalidParameter', Message: expect.stringContaining('The vault was created') as string })
    expect(await here([...other, 'call', 'ListKeys'])).toMatchObject({ code: 0, stderr: '' })
  })

  it('takes and gives the JSON of the KMS API', async () => {
    expect(await call('DescribeKey', { KeyId: 'alias/cli' })).toMatchObject({
      KeyMetadata: { KeyId: keyId, KeySpec: 'Aliyun_AES_256', KeyUsage: 'ENCRYPT/DECRYPT', KeyState: 'Enabled', Description: 'first' },
    })
    expect(await call('ListKeys', {})).toMatchObject({ TotalCount: 1, Keys: { Key: [{ KeyId: keyId }] } })
    expect(await call('ListAliases', {})).toMatchObject({ Aliases: { Alias: [{ AliasName: 'alias/cli', KeyId: keyId }] } })
  })

  it('encrypts and decrypts with the context as an object or as text', async () => {
    const Plaintext = Buffer.from('Hello world').toString('base64')
    const encrypted = await call('Encrypt', { KeyId: 'alias/cli', Plaintext, EncryptionContext: { a: '1', b: '2' } })
    const CiphertextBlob = encrypted['CiphertextBlob']
    expect(await call('Decrypt', { CiphertextBlob, EncryptionContext: '{"b":"2","a":"1"}' })).toMatchObject({ Plaintext, KeyId: keyId })
    expect(await refusal('call', 'Decrypt', JSON.stringify({ CiphertextBlob, EncryptionContext: { a: '1' } }))).toEqual({ code: 1, Code: 'InvalidParameter' })
  })

  it('gives data keys that decrypt', async () => {
    const dataKey = await call('GenerateDataKey', { KeyId: keyId, KeySpec: 'AES_128' })
    expect(Buffer.from(dataKey['Plaintext'] ?? '', 'base64')).toHaveLength(16)
    expect(await call('Decrypt', { CiphertextBlob: dataKey['CiphertextBlob'] })).toMatchObject({ Plaintext: dataKey['Plaintext'] })
  })

  it('reads parameters from standard input', async () => {
    const { code, stdout } = await program(['call', 'DescribeKey', '-'], { input: Buffer.from('{"KeyId":"alias/cli"}') })
    expect(code).toBe(0)
    expect(JSON.parse(stdout.toString())).toMatchObject({ KeyMetadata: { KeyId: programKeyId } })
  })

  it.each([
    ['MissingParameter', 'DescribeKey', {}],
    ['InvalidParameter', 'DescribeKey', { KeyId: 'k', Extra: 1 }],
    ['Forbidden.KeyNotFound', 'DescribeKey', { KeyId: 'key-doesnotexist' }],
    ['Forbidden.AliasNotFound', 'DescribeKey', { KeyId: 'alias/none' }],
    ['InvalidParameter', 'Encrypt', { KeyId: 'alias/cli', Plaintext: Buffer.alloc(6145).toString('base64') }],
    ['InvalidParameter', 'Encrypt', { KeyId: 'alias/cli', Plaintext: 'AA==', EncryptionContext: { a: 1 } }],
    ['AliasAlreadyExists', 'CreateAlias', { KeyId: 'alias/cli', AliasName: 'alias/cli' }],
    ['InvalidAction.NotFound', 'Frobnicate', {}],
  ])('refuses with %s', async (Code, operation, parameters) => {
    expect(await refusal('call', operation, JSON.stringify(parameters))).toEqual({ code: 1, Code })
  })

  it('refuses a wrong passphrase with exit code 1 and a call it cannot read with 2', async () => {
    writeFileSync(at('wrong'), 'not the passphrase\n')
    const wrong = await runCli(['--vault', at('program'), '--passphrase-file', at('wrong'), 'call', 'ListKeys'], { cwd: base })
    expect(wrong.code).toBe(1)
    expect(JSON.parse(wrong.stderr)).toMatchObject({ Code: 'Forbidden.NoPermission' })
    expect((await program(['frobnicate'])).code).toBe(2)
    expect((await program(['encrypt', 'x'])).code).toBe(2)
  })

  it('encrypts files and folders, inspects and decrypts them', async () => {
    const content = randomBytes(3 * 1024 * 1024 + 17)
    writeFileSync(at('a.bin'), content)
    const encrypted = await keystead('encrypt', '-k', 'alias/cli', '--context', 'project=alpha', at('a.bin'))
    expect(encrypted).toMatchObject({ code: 0, stderr: '' })
    const header = await here(['--vault', at('none'), 'inspect', at('a.bin.keystead')])
    expect(JSON.parse(header.stdout.toString())).toMatchObject({
      FrameLength: 1024 * 1024,
      PlaintextBytes: content.length,
      EncryptionContext: { project: 'alpha' },
      Recipients: [{ Kind: 'keystead-aes', KeyId: keyId }],
      IsAuthenticated: false,
    })
    expect(await keystead('decrypt', '-o', at('back.bin'), at('a.bin.keystead'))).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(at('back.bin')).equals(content)).toBe(true)
    expect(readFileSync(at('a.bin')).equals(content)).toBe(true)
  })

  it('waits for the job that a call has started', async () => {
    writeFileSync(at('called.txt'), 'called')
    expect(await call('EncryptFiles', { KeyId: keyId, Sources: [at('called.txt')] })).toMatchObject({ Job: { State: 'done', FilesDone: 1, FilesFailed: 0 } })
    expect(existsSync(at('called.txt.keystead'))).toBe(true)
    expect(await refusal('call', 'EncryptFiles', JSON.stringify({ KeyId: keyId, Sources: [at('called.txt')] }))).toEqual({ code: 1, Code: 'Rejected.ResourceExist' })
  })

  it('walks folders into a target folder', async () => {
    mkdirSync(at('tree/sub'), { recursive: true })
    mkdirSync(at('out'))
    writeFileSync(at('tree/one.txt'), 'one')
    writeFileSync(at('tree/sub/two.txt'), 'two')
    expect(await keystead('encrypt', '-k', keyId, '-o', at('out'), at('tree'))).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(at('out'), { recursive: true }).map(String).sort()).toEqual(['tree', 'tree/one.txt.keystead', 'tree/sub', 'tree/sub/two.txt.keystead'])
  })

  it('refuses to replace what exists unless told', async () => {
    writeFileSync(at('once.txt'), 'first')
    writeFileSync(at('once.txt.keystead'), 'in the way')
    expect((await refusal('encrypt', '-k', keyId, at('once.txt'))).Code).toBe('Rejected.ResourceExist')
    expect(readFileSync(at('once.txt.keystead'), 'utf8')).toBe('in the way')
    expect((await keystead('encrypt', '-f', '-k', keyId, at('once.txt'))).code).toBe(0)
    expect(readFileSync(at('once.txt.keystead'), 'utf8')).not.toBe('in the way')
  })

  it('pipes from standard input to standard output', async () => {
    const content = randomBytes(2 * 1024 * 1024 + 5)
    const encrypted = await program(['encrypt', '-k', programKeyId, '-'], { input: content })
    expect(encrypted).toMatchObject({ code: 0, stderr: '' })
    const decrypted = await program(['decrypt', '-'], { input: encrypted.stdout })
    expect(decrypted.code).toBe(0)
    expect(decrypted.stdout.equals(content)).toBe(true)
    const truncated = await program(['decrypt', '-'], { input: encrypted.stdout.subarray(0, -1) })
    expect(truncated.code).toBe(1)
  })

  it('pipes from standard input into a file, both ways', async () => {
    const content = randomBytes(2 * 1024 * 1024 + 5)
    const encrypted = await program(['encrypt', '-k', programKeyId, '-o', at('pipe.keystead'), '-'], { input: content })
    expect({ ...encrypted, stdout: encrypted.stdout.toString() }).toEqual({ code: 0, stderr: '', stdout: `${at('pipe.keystead')}\n` })
    const decrypted = await program(['decrypt', '-o', at('pipe.back'), '-'], { input: readFileSync(at('pipe.keystead')) })
    expect(decrypted).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(at('pipe.back')).equals(content)).toBe(true)
    const truncated = await program(['decrypt', '-o', at('pipe.cut'), '-'], { input: readFileSync(at('pipe.keystead')).subarray(0, -1) })
    expect(truncated.code).toBe(1)
    expect(readdirSync(base).filter((name) => name.startsWith('pipe.')).sort()).toEqual(['pipe.back', 'pipe.keystead'])
  })

  it('leaves no partial output of a damaged file', async () => {
    writeFileSync(at('b.bin'), randomBytes(2 * 1024 * 1024))
    await keystead('encrypt', '-k', keyId, at('b.bin'))
    const damaged = readFileSync(at('b.bin.keystead'))
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 20) ^ 1, damaged.length - 20)
    writeFileSync(at('damaged.bin.keystead'), damaged)
    const before = readdirSync(base).sort()
    expect((await refusal('decrypt', at('damaged.bin.keystead'))).Code).toBe('InvalidParameter')
    expect(readdirSync(base).sort()).toEqual(before)
    expect(existsSync(at('damaged.bin'))).toBe(false)
  })

  it('finishes a rotation of files and pipes that it has encrypted, and waits for it', async () => {
    const KeyId = createdKey(await call('CreateKey', {}))
    const content = randomBytes(2 * 1024 * 1024 + 5)
    writeFileSync(at('rotated.bin'), content)
    expect((await keystead('encrypt', '-k', KeyId, at('rotated.bin'))).code).toBe(0)
    const piped = await here([...vaultArguments, 'encrypt', '-k', KeyId, '-o', at('piped.keystead'), '-'], content)
    expect(piped).toMatchObject({ code: 0, stderr: '' })
    expect((await keystead('encrypt', '-k', KeyId, '-o', at('gone.keystead'), at('rotated.bin'))).code).toBe(0)
    await call('RotateKey', { KeyId })
    expect(await call('PreviewFinishRotation', { KeyId })).toMatchObject({ Files: 3, MissingFiles: 0, Ciphertexts: 0, IsUnfinished: false })
    rmSync(at('gone.keystead'))
    expect((await refusal('call', 'FinishRotation', JSON.stringify({ KeyId }))).Code).toBe('InvalidParameter')
    expect(await call('ListKeyUses', { KeyId, OnlyOld: true })).toMatchObject({ Total: 1 })
    for (const name of ['rotated.bin.keystead', 'piped.keystead']) {
      expect((await keystead('decrypt', '-f', '-o', at('rotated.back'), at(name))).code).toBe(0)
      expect(readFileSync(at('rotated.back')).equals(content)).toBe(true)
    }
    await call('RotateKey', { KeyId })
    writeFileSync(at('gone.keystead'), readFileSync(at('piped.keystead')))
    expect(await call('FinishRotation', { KeyId })).toMatchObject({ Job: { Kind: 'reencrypt', State: 'done', FilesTotal: 3, FilesDone: 3, FilesFailed: 0 } })
    expect(await call('PreviewFinishRotation', { KeyId })).toMatchObject({ Files: 0, MissingFiles: 0, IsUnfinished: false })
  })

  it('lists and verifies the audit log, in which no value occurs', async () => {
    const list = await keystead('audit')
    const entries = list.stdout.toString().trim().split('\n').map((line) => JSON.parse(line) as { Operation: string; Face: string })
    expect(entries.map(({ Operation }) => Operation)).toEqual(expect.arrayContaining(['createVault', 'createKey', 'createAlias', 'encrypt', 'decrypt', 'encryptFiles']))
    expect(list.stdout.toString()).not.toContain(Buffer.from('Hello world').toString('base64'))
    const verified = await keystead('audit', '--verify')
    expect(verified.code).toBe(0)
    expect(JSON.parse(verified.stdout.toString())).toMatchObject({ Intact: true, BrokenAt: null })
  })

  it('works without any network', async () => {
    const wrap = process.getuid?.() === 0 ? ['unshare', '-n'] : ['unshare', '-rn']
    const result = await program(['call', 'ListKeys'], { wrap })
    expect(result).toMatchObject({ code: 0, stderr: '' })
  })

  it('backs up, checks and restores into a new vault', async () => {
    const BackupPassphrase = Buffer.from('another passphrase').toString('base64')
    await call('BackupVault', { Target: at('v.keystead-backup'), BackupPassphrase })
    expect(await call('CheckBackup', { Backup: at('v.keystead-backup'), BackupPassphrase })).toMatchObject({ VaultName: 'CLI vault', Keys: 2 })
    writeFileSync(at('backup-passphrase'), 'another passphrase')
    const restored = ['--vault', at('restored'), '--passphrase-file', at('backup-passphrase')]
    const restore = await here([...restored, 'call', 'RestoreVault', JSON.stringify({ Backup: at('v.keystead-backup'), BackupPassphrase })])
    expect(restore).toMatchObject({ code: 0, stderr: '' })
    const described = await here([...restored, 'call', 'DescribeKey', '{"KeyId":"alias/cli"}'])
    expect(JSON.parse(described.stdout.toString())).toMatchObject({ KeyMetadata: { KeyId: keyId } })
  })
})
