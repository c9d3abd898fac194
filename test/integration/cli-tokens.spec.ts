import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCliHere } from '../support/cli-here'
import { processTree } from '../support/processes'
import { SoftHsm, softHsmModule } from '../support/softhsm'
import { projectRoot } from '../support/source-files'
import { runOnTerminal } from '../support/terminal-cli'

type Answer = Record<string, unknown>

const base = realpathSync(mkdtempSync(join(tmpdir(), 'keystead-cli-tokens-')))
const at = (name: string) => join(base, name)
const userPin = 'пин-1234'
const label = 'Schlüssel one'
let hsm: SoftHsm

const environment = () => ({ SOFTHSM2_CONF: hsm.configuration, XDG_DATA_HOME: at('data') })
const keystead = (args: readonly string[], input?: Uint8Array) => runCliHere(at('data/keystead'), ['token', ...args], input)
/** On the token that this test lives on. */
const on = (...args: string[]) => [...args, '--token', label, '--pin-file', at('pin')]

/** What a command that succeeds prints. */
async function output(args: readonly string[], input?: Uint8Array): Promise<Buffer> {
  const { code, stdout, stderr } = await keystead(args, input)
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
  return stdout
}

const answer = async (args: readonly string[]) => JSON.parse((await output(args)).toString()) as Answer
const rows = async (args: readonly string[]) => (await output(args)).toString().trim().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Answer)

async function refusal(args: readonly string[]): Promise<{ code: number | null; Code: string; Message: string }> {
  const { code, stdout, stderr } = await keystead(args)
  expect(stdout.toString()).toBe('')
  return { code, ...(JSON.parse(stderr) as { Code: string; Message: string }) }
}

const witness = (...args: string[]) => hsm.pkcs11Tool('--token-label', label, '--login', '--pin', userPin, ...args)

beforeAll(() => {
  hsm = new SoftHsm()
  const files = { pin: userPin, 'so-pin': '12345678\n', 'wrong-pin': '0000\n', 'new-pin': 'another 5\r\n', 'no-module.so': 'a text file' }
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content, { mode: 0o600 })
})

afterAll(() => {
  hsm.remove()
  rmSync(base, { recursive: true, force: true })
})

describe('the life of a token on the command line, without a vault', () => {
  it('begins with a module that is named and a token that is initialised', async () => {
    expect(await refusal(['list', '--module', at('no-module.so')])).toMatchObject({ code: 1, Code: 'InvalidParameter', Message: expect.stringContaining('no shared library') as string })
    expect(await rows(['list', '--json'])).toEqual([])
    expect(await answer(['init', '--module', softHsmModule, '--label', label, '--so-pin-file', at('so-pin'), '--pin-file', at('pin')])).toMatchObject({ Token: { Label: label, IsInitialized: true, UserPin: 'ok', SoPin: 'ok' } })
    expect(hsm.pkcs11Tool('--list-token-slots')).toContain(label)
    // The module is allowed from here on.
    const tokens = await rows(['list', '--json'])
    expect(tokens.map(({ Label, IsInitialized, IsSoftware }) => ({ Label, IsInitialized, IsSoftware }))).toContainEqual({ Label: label, IsInitialized: true, IsSoftware: true })
  }, 120_000)

  it('goes on with keys that another program sees as they are shown', async () => {
    expect(await answer(on('generate', '--type', 'AES', '--label', 'k1', '--id', 'a1'))).toMatchObject({ Objects: [{ ObjectClass: 'secret-key', Kind: 'AES-256', IdHex: 'a1', IsSensitive: true, IsExtractable: false }] })
    expect(await answer(on('generate', '--type', 'RSA', '--size', '2048', '--label', 'r1', '--id', 'b2'))).toMatchObject({ Objects: [{ ObjectClass: 'private-key' }, { ObjectClass: 'public-key' }] })
    await answer(on('generate', '--type', 'EC', '--curve', 'P-384', '--label', 'e1', '--id', 'c3'))
    const listed = witness('--list-objects')
    for (const line of [/Secret Key Object; AES length 32\s+label:\s+k1\s+ID:\s+a1/, /Private Key Object; RSA\s+label:\s+r1\s+ID:\s+b2/, /Public Key Object; EC\s+EC_POINT 384 bits\s+EC_POINT:[\s\S]*label:\s+e1/]) expect(listed).toMatch(line)
    const objects = await rows(on('objects', '--json'))
    expect(objects.map(({ Label, ObjectClass, Kind }) => [Label, ObjectClass, Kind])).toEqual([
      ['k1', 'secret-key', 'AES-256'],
      ['e1', 'private-key', 'P-384'],
      ['r1', 'private-key', 'RSA 2048'],
      ['e1', 'public-key', 'P-384'],
      ['r1', 'public-key', 'RSA 2048'],
    ])
    // An id of one call names the object in another; --public needs no PIN.
    const { ObjectId } = objects[4] ?? {}
    expect(await answer(['show', String(ObjectId), '--public', '--json', '--token', label])).toMatchObject({ Object: { Label: 'r1', ObjectClass: 'public-key' }, PublicKeyPem: expect.stringContaining('BEGIN PUBLIC KEY') as string })
  }, 120_000)

  it('shows what would be made, and warns of what is dangerous', async () => {
    expect(await answer(['generate', '--preview', '--type', 'AES', '--label', 'x', '--token', label, '--use', 'wrap,decrypt'])).toMatchObject({ Mechanism: 'CKM_AES_KEY_GEN', Problems: [{ Problem: 'wrap-and-decrypt', IsFatal: false }] })
    const { code, stderr } = await keystead(on('generate', '--type', 'AES', '--label', 'k2', '--extractable', '--id', 'd4'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Note: this key can leave the token, wrapped by another key.\n' })
    expect(await refusal(on('generate', '--type', 'EC', '--label', 'x', '--use', 'encrypt'))).toMatchObject({ code: 1, Code: 'InvalidParameter' })
  }, 120_000)

  it('has objects renamed and deleted', async () => {
    expect(await answer(on('rename', 'k2', '--label', 'k3'))).toMatchObject({ Object: { Label: 'k3', IdHex: 'd4' } })
    expect(witness('--list-objects', '--type', 'secrkey')).toMatch(/label:\s+k3/)
    expect(await refusal(on('delete', 'e1', '--yes'))).toMatchObject({ code: 1, Code: 'InvalidParameter', Message: expect.stringMatching(/private-key .*public-key .*--all/) as string })
    expect((await keystead(on('delete', 'e1', '--all'))).code).toBe(2)
    expect(await answer(on('delete', 'e1', 'd4', '--all', '--yes'))).toMatchObject({ Deleted: 3 })
    expect(witness('--list-objects')).not.toMatch(/label:\s+(?:e1|k3)/)
    const typed = await runOnTerminal(['token', ...on('delete', 'r1', '--class', 'public-key')], [{ after: 'to go on: ', keys: `${label}\r` }], environment())
    expect(typed).toMatchObject({ code: 0, shown: expect.stringContaining('"Deleted":1') as string })
  }, 120_000)
})

describe('PINs on the command line', () => {
  it('are asked for on the terminal, without being shown, with what is known of their tries', async () => {
    expect(await refusal(['objects', '--token', label, '--pin-file', at('wrong-pin')])).toMatchObject({ code: 1, Code: 'Forbidden.NoPermission', Message: 'The PIN is not right.' })
    const { code, shown } = await runOnTerminal(
      ['token', 'pin', '--token', label],
      [
        { after: 'a wrong PIN was given since the last right one): ', keys: `${userPin}\r` },
        { after: '4 to 255 bytes: ', keys: 'новый PIN\r' },
        { after: 'The same again: ', keys: 'новый PIN\r' },
      ],
      environment(),
    )
    expect(code, shown).toBe(0)
    expect(shown).toContain(`User PIN of "${label}"`)
    for (const pin of [userPin, 'новый PIN']) expect(shown).not.toContain(pin)
    expect(hsm.pkcs11Tool('--token-label', label, '--login', '--pin', 'новый PIN', '--list-objects')).toContain('k1')
  }, 60_000)

  it('are set by the officer', async () => {
    expect(await answer(['pin', '--reset', '--token', label, '--so-pin-file', at('so-pin'), '--new-pin-file', at('pin')])).toMatchObject({ Token: { UserPin: 'ok' } })
    expect(witness('--list-objects')).toContain('k1')
  }, 60_000)

  it('are not taken from an argument, nor from what is no text', async () => {
    const { code, stderr } = await keystead(['objects', '--token', label, '--pin', '271828'])
    expect({ code, says: stderr.includes('a PIN is never an argument'), repeats: stderr.includes('271828') }).toEqual({ code: 2, says: true, repeats: false })
    writeFileSync(at('binary'), Uint8Array.of(0x80, 0x00, 0x0a))
    expect(await refusal(['objects', '--token', label, '--pin-file', at('binary')])).toMatchObject({ code: 1, Code: 'InvalidParameter', Message: expect.stringContaining('The token was not asked.') as string })
    expect(await refusal(['objects', '--token', label])).toMatchObject({ code: 1, Code: 'Cancelled', Message: expect.stringContaining('--pin-file FILE') as string })
  }, 60_000)

  it('are nowhere that other programs can look, while they are read from a descriptor', async () => {
    const args = [join(projectRoot, 'scripts/keystead.mjs'), 'token', 'objects', '--json', '--token', label, '--pin-fd', '4']
    const child = spawn(process.execPath, args, { env: { ...process.env, ...environment() }, stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'pipe'] })
    const shown: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => shown.push(chunk))
    const ended = new Promise((done) => child.once('close', done))
    const pipe = child.stdio[4]
    if (!pipe || !('write' in pipe)) throw new Error('no pipe')
    pipe.write(userPin)
    // The host of the module runs before a PIN is asked for, and its end is not read yet.
    await vi.waitFor(() => expect(processTree(child.pid ?? 0).length).toBeGreaterThan(2), { timeout: 20_000 })
    for (const { commandLine, environment: variables } of processTree(child.pid ?? 0)) {
      for (const text of [commandLine, variables]) expect(Buffer.from(text, 'latin1').includes(userPin)).toBe(false)
    }
    pipe.end('\n')
    expect(await ended).toBe(0)
    expect(Buffer.concat(shown).toString()).toContain('"k1"')
  }, 60_000)
})

describe('which token is meant', () => {
  it('is asked back when two have the same label', async () => {
    for (const pin of ['1111', '2222']) hsm.initToken('twins', pin, '12345678')
    const serials = (await rows(['list', '--json', '--token', 'twins'])).map(({ Serial }) => String(Serial))
    expect(serials).toHaveLength(2)
    const refused = await refusal(['objects', '--public', '--token', 'twins'])
    expect(refused).toMatchObject({ code: 1, Code: 'InvalidParameter' })
    for (const serial of serials) expect(refused.Message).toContain(serial)
    expect(await rows(['objects', '--public', '--json', '--token', serials[0] ?? ''])).toEqual([])
    expect(await refusal(['info', '--token', 'nowhere'])).toMatchObject({ code: 1, Code: 'ServiceUnavailableTemporary' })
  }, 60_000)

  it('is erased only when it is said twice', async () => {
    const args = ['init', '--token', label, '--label', 'again', '--so-pin-file', at('so-pin'), '--pin-file', at('pin')]
    expect((await keystead(args)).code).toBe(2)
    expect(witness('--list-objects')).toContain('k1')
    expect(await answer([...args, '--yes'])).toMatchObject({ Token: { Label: 'again' } })
    expect(hsm.pkcs11Tool('--token-label', 'again', '--login', '--pin', userPin, '--list-objects')).not.toContain('k1')
    expect(readFileSync(at('data/keystead/token-modules.json'), 'utf8')).not.toContain(userPin)
  }, 60_000)
})
