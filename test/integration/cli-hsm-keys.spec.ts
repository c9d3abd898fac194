import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { runCli } from '../support/cli'
import { runCliHere } from '../support/cli-here'
import { processTree } from '../support/processes'
import { SoftHsm, softHsmModule } from '../support/softhsm'
import { runOnTerminal } from '../support/terminal-cli'

type Answer = Record<string, unknown>

const base = realpathSync(mkdtempSync(join(tmpdir(), 'keystead-cli-hsm-')))
const at = (name: string) => join(base, name)
const label = 'Vault token'
const pin = '314159'
const unlocked = ['--vault', at('vault'), '--passphrase-file', at('passphrase')]
const withPin = [...unlocked, '--token-pin-file', at('pin')]
let hsm: SoftHsm
let serial: string
let keyId: string

const environment = () => ({ SOFTHSM2_CONF: hsm.configuration, XDG_DATA_HOME: at('data') })
const keystead = (args: readonly string[], input?: Uint8Array) => runCliHere(at('data/keystead'), args, input)

/** What a command that succeeds prints. */
async function output(args: readonly string[], input?: Uint8Array): Promise<Buffer> {
  const { code, stdout, stderr } = await keystead(args, input)
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
  return stdout
}

const call = async (given: readonly string[], operation: string, request: object = {}) => JSON.parse((await output([...given, 'call', operation, '-'], Buffer.from(JSON.stringify(request)))).toString()) as Answer

/** The last line that a command which is refused says. */
async function refusal(args: readonly string[], input?: Uint8Array): Promise<Answer> {
  const { code, stderr } = await keystead(args, input)
  return { code, ...(JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as Answer) }
}

const notThere = { code: 1, Code: 'ServiceUnavailableTemporary', Message: `Token "${label}" is not there. Insert it and try again.` }
const loginNeeded = { code: 1, Code: 'Forbidden.NoPermission', Message: expect.stringMatching(/^A key is on token "Vault token" \([0-9a-f]+\)\. Give its PIN with --token-pin-file FILE or --token-pin-fd N\.$/) as string }

beforeAll(async () => {
  hsm = new SoftHsm()
  hsm.initToken(label, pin, '27182818')
  for (const [name, content] of Object.entries({ passphrase: 'maple harbour quartz lantern', pin, 'wrong-pin': '000000', 'a.txt': 'a report' })) writeFileSync(at(name), content, { mode: 0o600 })
  // Made by the program, which opens it in one of these tests.
  expect(await runCli([...unlocked, 'init', '--kdf-target-ms', '1', '--recovery-kit', at('kit.txt')], { cwd: base, env: environment() })).toMatchObject({ code: 0, stderr: '' })
  await call(unlocked, 'AddTokenModule', { Module: softHsmModule })
  const tokens = (await call(unlocked, 'ListTokens'))['Tokens'] as { TokenId: string; Serial: string; Label: string }[]
  const token = tokens.find((each) => each.Label === label)
  serial = token?.Serial ?? ''
  const request = { ProtectionLevel: 'HSM', DKMSInstanceId: token?.TokenId }
  expect(await refusal([...unlocked, 'call', 'CreateKey', JSON.stringify(request)])).toEqual(loginNeeded)
  const made = (await call(withPin, 'CreateKey', request))['KeyMetadata'] as { KeyId: string }
  keyId = made.KeyId
}, 120_000)

afterAll(() => {
  hsm.remove()
  rmSync(base, { recursive: true, force: true })
})

it('works with a key on a token after a login: files, streams, secrets and any operation', async () => {
  expect(((await call(unlocked, 'ListKeys'))['Keys'] as { Key: unknown[] }).Key).toHaveLength(1)
  const { CiphertextBlob } = await call(withPin, 'Encrypt', { KeyId: keyId, Plaintext: Buffer.from('text').toString('base64') })
  expect(await call(withPin, 'Decrypt', { CiphertextBlob })).toMatchObject({ Plaintext: Buffer.from('text').toString('base64') })

  await output([...withPin, 'encrypt', '-k', keyId, at('a.txt')])
  expect((await output([...withPin, 'decrypt', '-f', at('a.txt.keystead')])).toString()).toBe('a.txt\n')
  const stream = await output([...withPin, 'encrypt', '-k', keyId, '-'], Buffer.from('a stream'))
  expect((await output([...withPin, 'decrypt', '-'], stream)).toString()).toBe('a stream')

  await output([...withPin, 'secret', 'put', 'db', '--create', '-k', keyId], Buffer.from('a value'))
  expect((await output([...withPin, 'secret', 'get', 'db'])).toString()).toBe('a value')
  expect((await output([...withPin, 'read', '-n', 'keystead://db'])).toString()).toBe('a value\n')
}, 120_000)

it('says which token wants its PIN and how it is given, and does what needs none', async () => {
  const stream = await output([...withPin, 'encrypt', '-k', keyId, '-'], Buffer.from('x'))
  for (const args of [['encrypt', '-f', '-k', keyId, at('a.txt')], ['secret', 'get', 'db'], ['read', 'keystead://db'], ['call', 'RotateKey', JSON.stringify({ KeyId: keyId })]]) expect(await refusal([...unlocked, ...args])).toEqual(loginNeeded)
  expect(await refusal([...unlocked, 'decrypt', '-'], stream)).toEqual(loginNeeded)
  expect(((await call(unlocked, 'ListKeyVersions', { KeyId: keyId }))['KeyVersions'] as { KeyVersion: unknown[] }).KeyVersion).toHaveLength(1)

  const { KeyMetadata } = await call(unlocked, 'CreateKey')
  writeFileSync(at('b.txt'), 'b')
  await output([...unlocked, 'encrypt', '-k', String((KeyMetadata as Answer)['KeyId']), at('b.txt')])
  const { code, stdout, stderr } = await keystead([...unlocked, 'decrypt', '-f', at('a.txt.keystead'), at('b.txt.keystead')])
  expect({ code, stdout: stdout.toString(), ...(JSON.parse(stderr) as Answer) }).toEqual({ ...loginNeeded, stdout: 'b.txt\n' })
  expect((await output([...withPin, 'decrypt', '-f', at('a.txt.keystead'), at('b.txt.keystead')])).toString()).toBe('a.txt\nb.txt\n')
}, 120_000)

it('tries a PIN once, never takes one from an argument, and shares the login that opens the vault', async () => {
  expect(await refusal([...unlocked, '--token-pin-file', at('wrong-pin'), 'secret', 'get', 'db'])).toEqual({ code: 1, Code: 'Forbidden.NoPermission', Message: 'The PIN is not right.' })
  const given = await keystead([...unlocked, '--token-pin', pin, 'secret', 'get', 'db'])
  expect({ code: given.code, repeats: given.stderr.includes(pin) }).toEqual({ code: 2, repeats: false })

  const TokenId = ((await call(unlocked, 'ListTokens'))['Tokens'] as { TokenId: string; Label: string }[]).find((each) => each.Label === label)?.TokenId
  const UserPin = Buffer.from(pin).toString('base64')
  const { Objects } = await call(unlocked, 'GenerateTokenKey', { TokenId, KeySpec: 'AES_256', Label: 'door', Uses: ['encrypt', 'decrypt'], UserPin })
  await call(unlocked, 'AddTokenSlot', { TokenId, ObjectId: (Objects as { ObjectId: string }[])[0]?.ObjectId, UserPin, Passphrase: readFileSync(at('passphrase')).toString('base64') })
  for (const source of [['--token-pin-file', at('pin')], ['--token-pin-fd', String(openSync(at('pin'), 'r'))]]) {
    expect((await output(['--vault', at('vault'), '--unlock-token', serial, ...source, 'secret', 'get', 'db'])).toString()).toBe('a value')
    if (source[0] === '--token-pin-fd') closeSync(Number(source[1]))
  }
}, 120_000)

it('names a token that is away, and waits for it where somebody can be asked', async () => {
  hsm.setAway(true)
  for (const given of [unlocked, withPin]) {
    expect(await refusal([...given, 'secret', 'get', 'db'])).toEqual(notThere)
    expect(await refusal([...given, 'decrypt', '-f', at('a.txt.keystead')])).toEqual(notThere)
  }
  expect(await refusal(['--vault', at('vault'), '--unlock-token', label, '--token-pin-file', at('pin'), 'audit'])).toEqual(notThere)
  rmSync(at('a.txt'))
  const insert = async () => {
    hsm.setAway(false)
    const host = processTree(process.pid).find(({ commandLine }) => commandLine.includes('token-host'))
    if (!host) throw new Error('No process of a token module runs.')
    process.kill(host.pid, 'SIGKILL')
    // Its end has been noticed then.
    await vi.waitFor(() => expect(existsSync(`/proc/${host.pid}`)).toBe(false), { timeout: 20_000 })
    return '\r'
  }
  const ask = `Insert token "${label}" and press Enter, or Ctrl+C to give up: `
  const { code, shown } = await runOnTerminal(
    [...unlocked, 'decrypt', at('a.txt.keystead')],
    [
      { after: ask, keys: '\r' },
      { after: `${ask}\r\n${ask}`, keys: insert },
      { after: `User PIN of "${label}"`, keys: `${pin}\r` },
    ],
    environment(),
  )
  expect(code, shown).toBe(0)
  expect(shown).not.toContain(pin)
  expect(existsSync(at('a.txt'))).toBe(true)
}, 120_000)

it('tries the PIN of a file at one token alone, and the lines of a descriptor at one after the other', async () => {
  hsm.initToken('Other token', '161803', '27182818')
  writeFileSync(at('other-pin'), '161803', { mode: 0o600 })
  writeFileSync(at('pins'), `${pin}\n161803\n`, { mode: 0o600 })
  writeFileSync(at('c.txt'), 'c')
  const tokens = async () => (await call(unlocked, 'ListTokens'))['Tokens'] as { TokenId: string; Label: string; UserPin: string }[]
  const other = (await tokens()).find((token) => token.Label === 'Other token')
  const withOther = [...unlocked, '--token-pin-file', at('other-pin')]
  const { KeyMetadata } = await call(withOther, 'CreateKey', { ProtectionLevel: 'HSM', DKMSInstanceId: other?.TokenId })
  await output([...withOther, 'encrypt', '-k', String((KeyMetadata as Answer)['KeyId']), at('c.txt')])

  const both = ['decrypt', '-f', at('a.txt.keystead'), at('c.txt.keystead')]
  const refused = { code: 1, Code: 'Forbidden.NoPermission', Message: 'Keys on several tokens are needed, and --token-pin-file has the PIN of one. Give them with --token-pin-fd N, one in a line.' }
  expect(await refusal([...withPin, ...both])).toEqual(refused)
  expect(await refusal(['--vault', at('vault'), '--unlock-token', serial, '--token-pin-file', at('pin'), 'decrypt', '-f', at('c.txt.keystead')])).toEqual(refused)
  expect((await tokens()).map(({ UserPin }) => UserPin).filter((state) => state !== 'not-set')).toEqual(['ok', 'ok'])
  const descriptor = openSync(at('pins'), 'r')
  expect((await output([...unlocked, '--token-pin-fd', String(descriptor), ...both])).toString()).toBe('a.txt\nc.txt\n')
  closeSync(descriptor)
}, 120_000)
