import { copyFileSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FileLog } from '../../src-main/platform/file-log'
import { createTestVault } from '../support/composed-application'
import { processTree } from '../support/processes'
import { compileStub } from '../support/stub-token'
import { pinBytes, tokenServices, type TokenServices } from '../support/token-fixture'

/** What could tell of PINs afterwards: log, files, answers, refusals, events, arguments and environments. */
const pins = ['right-5717', 'wrong-8833', 'newer-4409', 'officer-6120'] as const
const [right, wrong, newer, officer] = pins
const told: unknown[] = []
let services: TokenServices
let log: FileLog
let logFolder: string
let stub: string
let tokenId: string

beforeAll(async () => {
  logFolder = realpathSync(mkdtempSync(join(tmpdir(), 'keystead-log-')))
  log = new FileLog(join(logFolder, 'keystead.log'), { clock: { nowMs: () => Date.now() } })
  services = await tokenServices('pin-traces', { log })
  services.application.forwardEvents((event, payload) => told.push([event, payload]))
  await createTestVault(services.application)
  stub = join(services.folder, 'stub.so')
  copyFileSync(compileStub('pin-traces'), stub)
  behave()
  await services.addModule(stub)
  tokenId = (await services.run('listTokens', {})).tokens[0]!.tokenId
}, 60_000)

afterAll(async () => {
  await services.close()
  log.close()
  rmSync(logFolder, { recursive: true, force: true })
})

function behave(...settings: string[]): void {
  writeFileSync(`${stub}.conf`, ['anyPin=1', ...settings, ''].join('\n'))
}

/** Does it and keeps what is said of it. Gives the code of a refusal. */
async function tell(work: Promise<unknown>): Promise<string | null> {
  try {
    told.push(await work)
    return null
  } catch (error) {
    told.push(error)
    return (error as { code: string }).code
  }
}

const textOf = (value: unknown) => `${inspect(value, { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null })}${JSON.stringify(value, bytesAsHex)}`
const bytesAsHex = (_name: string, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
}

/** How a PIN can stand in a file or a text. */
function formsOf(pin: string): Buffer[] {
  const utf8 = Buffer.from(pin)
  return [utf8, Buffer.from(pin, 'utf16le'), Buffer.from(utf8.toString('hex')), Buffer.from(utf8.toString('base64').slice(0, -3)), Buffer.from([...utf8].join(','))]
}

it('leaves no trace of a PIN in log, files, answers, refusals, events, arguments or environments', async () => {
  const { run } = services
  const logIn = (pin: string) => tell(run('logInToToken', { tokenId, pin: pinBytes(pin) }))
  expect(await logIn(right)).toBeNull()
  expect(await tell(run('changeTokenPin', { tokenId, pin: pinBytes(right), newPin: pinBytes(newer) }))).toBeNull()
  expect(await tell(run('setTokenUserPin', { tokenId, soPin: pinBytes(officer), newPin: pinBytes(newer) }))).toBeNull()
  expect(await tell(run('logOutOfToken', { tokenId }))).toBeNull()
  expect(await tell(run('listTokenObjects', { tokenId, offset: 0, count: 10, userPin: pinBytes(right) }))).toBeNull()
  const refusals = [['0xa0', 'TOKEN_PIN_WRONG'], ['0xa4', 'TOKEN_PIN_LOCKED'], ['0xa2', 'TOKEN_PIN_UNACCEPTABLE'], ['0x5', 'TOKEN_REFUSED'], ['0x80001234', 'TOKEN_REFUSED']] as const
  await tell(run('logOutOfToken', { tokenId }))
  for (const [value, code] of refusals) {
    behave(`rv.C_Login=${value}`, 'print=1')
    expect(await logIn(wrong)).toBe(code)
  }
  behave('rv.C_SetPIN=0xa0', 'rv.C_InitPIN=0xa2')
  expect(await tell(run('changeTokenPin', { tokenId, pin: pinBytes(wrong), newPin: pinBytes(newer) }))).toBe('TOKEN_PIN_WRONG')
  expect(await tell(run('setTokenUserPin', { tokenId, soPin: pinBytes(officer), newPin: pinBytes(newer) }))).toBe('TOKEN_PIN_UNACCEPTABLE')
  expect(await tell(run('logInToToken', { tokenId, pin: pinBytes(wrong), role: 'nobody' as 'user' }))).toBe('INVALID_PARAMETER')
  for (const [ending, code] of [['crash', 'TOKEN_MODULE_FAILED'], ['abort', 'TOKEN_MODULE_FAILED']] as const) {
    behave(`${ending}=C_Login`)
    expect(await logIn(wrong)).toBe(code)
  }
  behave()
  expect(await logIn(right)).toBeNull()
  await run('verifyAudit', {})
  services.application.log.error('token-list', told.find((item) => item instanceof Error))

  const shown = processTree(process.pid).map(({ commandLine, environment }) => `${commandLine}${environment}`).join('\n')
  const files = [...filesIn(services.folder), ...filesIn(logFolder)]
  expect(files.map((file) => file.slice(file.lastIndexOf('/') + 1))).toEqual(expect.arrayContaining(['keystead.log', 'token-modules.json', 'vault.json', 'stub.so.calls']))
  expect(readFileSync(join(logFolder, 'keystead.log'), 'utf8')).toContain('token-list')
  expect(told.some((item) => Array.isArray(item) && item[0] === 'tokensChanged')).toBe(true)
  const places: [string, Buffer][] = [['told', Buffer.from(textOf(told))], ['shown', Buffer.from(shown)], ...files.map((file): [string, Buffer] => [file, readFileSync(file)])]
  const found = places.flatMap(([place, bytes]) => pins.flatMap((pin) => (formsOf(pin).some((form) => bytes.includes(form)) ? [`${pin} in ${place}`] : [])))
  expect(found).toEqual([])
}, 60_000)
