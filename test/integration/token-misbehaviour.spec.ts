import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ObjectView } from '../../src-main/tokens/host/calls'
import { refOf } from '../../src-main/tokens/object-view'
import { isRunning } from '../support/processes'
import { stubTokens, type StubModule, type StubTokens } from '../support/stub-token'
import { pinBytes } from '../support/token-fixture'

let services: StubTokens
let bad: StubModule
let good: StubModule

beforeAll(async () => {
  services = await stubTokens('misbehaviour')
  bad = await services.addStub('bad')
  good = await services.addStub('good')
})

beforeEach(() => {
  bad.behave({})
  services.patience.ms = 30_000
  for (const name of Object.keys(services.limits)) delete services.limits[name as keyof typeof services.limits]
})

afterAll(() => services.close())

const aesKeyGen = { mechanism: 0x1080, parameters: { kind: 'none' } } as const
const ecdsa = { mechanism: 0x1041, parameters: { kind: 'none' } } as const

async function logIn(): Promise<string> {
  const { tokenId } = await bad.token()
  await services.tokens.logIn(tokenId, 'user', pinBytes('1234'))
  return tokenId
}

async function privateKey(tokenId: string): Promise<ObjectView> {
  const views = await (await services.tokens.objects(tokenId)).whole()
  return views.find(({ objectClass }) => objectClass === 'private-key')!
}

/** Logged in, with a key at hand. */
async function ready() {
  const tokenId = await logIn()
  const key = refOf(await privateKey(tokenId))
  const sign = (contextPin: Uint8Array | null = null) => services.tokens.call(tokenId, 'sign', { ...ecdsa, key, contextPin, data: new Uint8Array(32) })
  const generate = () => services.tokens.call(tokenId, 'generateKey', { ...aesKeyGen, template: [] })
  return { tokenId, sign, generate, list: () => services.tokens.objects(tokenId, true) }
}

/** What follows the end of a host: the module answers again by itself, in another process and with nobody logged in. */
async function expectNewHost(before: number | null): Promise<void> {
  bad.behave({})
  expect(await bad.token()).toMatchObject({ label: 'stub', login: null })
  expect(bad.module.hostPid).not.toBe(before)
  expect(isRunning(before!)).toBe(false)
  const { tokens, problems } = await services.tokens.listTokens()
  expect(tokens).toHaveLength(2)
  expect(problems).toEqual([])
}

describe('a module that breaks', () => {
  it.each([
    ['crash', 'C_Sign', 'sign'],
    ['abort', 'C_Sign', 'sign'],
    ['crash', 'C_GenerateKey', 'generate'],
    ['crash', 'C_FindObjects', 'list'],
    ['abort', 'C_GetAttributeValue', 'list'],
  ] as const)('by a %s in %s costs its own process alone', async (how, where, what) => {
    const calls = await ready()
    const [pid, other] = [bad.module.hostPid, good.module.hostPid]
    bad.behave({ [how]: where })
    await expect(calls[what]()).rejects.toMatchObject({ code: 'TOKEN_MODULE_FAILED' })
    await expectNewHost(pid)
    expect(good.module.hostPid).toBe(other)
    await expect(calls.sign()).rejects.toMatchObject({ code: 'TOKEN_LOGIN_NEEDED' })
  })

  it.each(['C_GetFunctionList', 'C_Initialize', 'C_GetInfo', 'C_GetSlotList', 'C_GetTokenInfo'])('while it starts, in %s, is a problem beside the tokens of the others', async (where) => {
    await services.tokens.stopModule(bad.moduleId)
    bad.behave({ crash: where })
    const { tokens, problems } = await services.tokens.listTokens()
    expect(problems).toMatchObject([{ moduleId: bad.moduleId, code: 'TOKEN_MODULE_FAILED', ckr: null }])
    expect(tokens).toMatchObject([{ moduleId: good.moduleId }])
  })

  it('while it logs in has tried the PIN once', async () => {
    const { tokenId } = await bad.token()
    bad.behave({ crash: 'C_Login' })
    await expect(services.tokens.logIn(tokenId, 'user', pinBytes('1234'))).rejects.toMatchObject({ code: 'TOKEN_MODULE_FAILED' })
    expect(bad.calls('C_Login')).toEqual(['C_Login 4'])
  })

  it('is killed from outside at rest, and works again at the next call', async () => {
    await bad.token()
    const pid = bad.module.hostPid
    const gone = new Promise<void>((resolve) => services.tokens.onChange((tokenId) => tokenId === null && resolve()))
    process.kill(pid!, 'SIGKILL')
    await gone
    await expectNewHost(pid)
  })

  it.each(['C_GenerateKey', 'C_Sign'] as const)('is killed from outside during %s', async (where) => {
    const calls = await ready()
    const pid = bad.module.hostPid
    bad.behave({ hang: where })
    const refused = expect(where === 'C_Sign' ? calls.sign() : calls.generate()).rejects.toMatchObject({ code: 'TOKEN_MODULE_FAILED' })
    await vi.waitFor(() => expect(bad.calls(where)).toHaveLength(1), { timeout: 10_000 })
    process.kill(pid!, 'SIGKILL')
    await refused
    await expectNewHost(pid)
  })
})

describe('a module that hangs', () => {
  it.each(['C_Sign', 'C_GenerateKey'] as const)('in %s is ended in time, while the others answer', async (where) => {
    const calls = await ready()
    const pid = bad.module.hostPid
    services.limits[where === 'C_Sign' ? 'sign' : 'generateKey'] = 4000
    bad.behave({ hang: where })
    let isOver = false
    const refused = expect((where === 'C_Sign' ? calls.sign() : calls.generate()).finally(() => (isOver = true))).rejects.toMatchObject({ code: 'TOKEN_MODULE_TIMEOUT' })
    await vi.waitFor(() => expect(bad.calls(where)).toHaveLength(1), { timeout: 10_000 })
    expect(await good.module.slots()).toHaveLength(1)
    expect(isOver).toBe(false)
    await refused
    await expectNewHost(pid)
  })

  it('is busy in lists, which show its tokens as they were, and keeps nobody from the tokens of others', async () => {
    const [{ tokenId }, calls] = [await good.token(), await ready()]
    services.limits.sign = 5000
    services.patience.ms = 100
    bad.behave({ hang: 'C_Sign' })
    let isOver = false
    const refused = expect(calls.sign().finally(() => (isOver = true))).rejects.toMatchObject({ code: 'TOKEN_MODULE_TIMEOUT' })
    await vi.waitFor(() => expect(bad.calls('C_Sign')).toHaveLength(1), { timeout: 10_000 })
    for (let time = 0; time < 2; time += 1) {
      const { tokens, problems } = await services.tokens.listTokens()
      expect(tokens).toMatchObject([{ tokenId: calls.tokenId, login: 'user' }, { tokenId }])
      expect(problems).toMatchObject([{ moduleId: bad.moduleId, code: 'TOKEN_MODULE_BUSY' }])
    }
    expect(await services.tokens.logIn(tokenId, 'user', pinBytes('1234'))).toMatchObject({ login: 'user' })
    await services.tokens.logOut(tokenId)
    expect(isOver).toBe(false)
    await refused
    services.patience.ms = 30_000
    bad.behave({})
    await vi.waitFor(async () => expect((await services.tokens.listTokens()).problems).toEqual([]))
  })

  it('in C_Initialize is a problem beside the tokens of the others', async () => {
    await good.module.open()
    await services.tokens.stopModule(bad.moduleId)
    services.limits.open = 1000
    bad.behave({ hang: 'C_Initialize' })
    const { tokens, problems } = await services.tokens.listTokens()
    expect(problems).toMatchObject([{ moduleId: bad.moduleId, code: 'TOKEN_MODULE_TIMEOUT' }])
    expect(tokens).toMatchObject([{ moduleId: good.moduleId }])
  })

  it('is ended at lock, with what it was doing', async () => {
    const { generate } = await ready()
    const [pid, other] = [bad.module.hostPid!, good.module.hostPid!]
    bad.behave({ hang: 'C_GenerateKey' })
    const refused = expect(generate()).rejects.toMatchObject({ code: 'CANCELLED' })
    await vi.waitFor(() => expect(bad.calls('C_GenerateKey')).toHaveLength(1), { timeout: 10_000 })
    await services.tokens.close()
    await refused
    expect([isRunning(pid), isRunning(other)]).toEqual([false, false])
    await expectNewHost(pid)
  })
})

describe('a module that is slow or talks', () => {
  it('makes a key for two seconds, in which others answer', async () => {
    const { generate } = await ready()
    bad.behave({ slow: 'C_GenerateKey' })
    const order: string[] = []
    const made = generate().then(({ objectClass }) => order.push(objectClass))
    await vi.waitFor(() => expect(bad.calls('C_GenerateKey')).toHaveLength(1), { timeout: 10_000 })
    await good.module.slots().then(() => order.push('other'))
    await made
    expect(order).toEqual(['other', 'secret-key'])
  })

  it('may print what it likes', async () => {
    bad.behave({ print: 1 })
    const { sign } = await ready()
    expect(Buffer.from(await sign()).toString('hex')).toBe('5a'.repeat(64))
  })
})

describe('a module that answers nonsense', () => {
  it.each([
    ['more handles than there is room for', { handles: 100_000 }],
    ['objects without end', { endless: 1 }],
  ])('gives %s', async (_, settings) => {
    const { list } = await ready()
    bad.behave(settings)
    await expect(list()).rejects.toMatchObject({ code: 'TOKEN_MODULE_FAILED' })
  })

  it.each([['many', 100_000], ['far too many', '0x7fffffffffffffff']])('claims %s slots', async (_, slots) => {
    bad.behave({ slots })
    expect((await services.tokens.listTokens()).problems).toMatchObject([{ moduleId: bad.moduleId, code: 'TOKEN_MODULE_FAILED' }])
  })

  it.each([['huge', '0x1000000'], ['not known', '0xffffffffffffffff'], ['impossible', '0x7fffffffffffff']])('says that the length of a label is %s, and the object is listed without it or not at all', async (_, length) => {
    const { list } = await ready()
    bad.behave({ length })
    const listed = await list().then((objects) => objects.window({ tokenId: '', offset: 0, count: 10, search: '', classes: [], refresh: false }).objects.map(({ label }) => label), (error: unknown) => error)
    if (Array.isArray(listed)) expect(listed).toEqual(['', ''])
    else expect(listed).toMatchObject({ code: 'TOKEN_MODULE_FAILED' })
    bad.behave({})
    expect(await (await services.tokens.objects(await logIn(), true)).whole()).toHaveLength(2)
  })

  it('says that a signature is longer than the room that it had', async () => {
    const { sign } = await ready()
    bad.behave({ signature: 100_000 })
    await expect(sign()).rejects.toMatchObject({ code: 'TOKEN_MODULE_FAILED' })
  })

  it.each([
    ['0x80000123', 'TOKEN_REFUSED', 'CKR_0x80000123'],
    ['0x7777', 'TOKEN_REFUSED', 'CKR_0x7777'],
    ['0x140', 'TOKEN_TEMPLATE_REFUSED', 'CKR_CURVE_NOT_SUPPORTED'],
    ['0x1b', 'TOKEN_ATTRIBUTE_FIXED', 'CKR_ACTION_PROHIBITED'],
    ['0x82', 'TOKEN_OBJECT_NOT_FOUND', 'CKR_OBJECT_HANDLE_INVALID'],
    ['0x60', 'TOKEN_OBJECT_NOT_FOUND', 'CKR_KEY_HANDLE_INVALID'],
    ['0x30', 'TOKEN_REFUSED', 'CKR_DEVICE_ERROR'],
  ])('returns %s, which is %s', async (rv, code, ckr) => {
    const { sign } = await ready()
    bad.behave({ 'rv.C_Sign': rv })
    await expect(sign()).rejects.toMatchObject({ code, details: { ckr } })
    bad.behave({})
    expect(await sign()).toHaveLength(64)
  })

  it('has names that are no UTF-8 or would write to a terminal', async () => {
    bad.behave({ label: 'a%FF%1B[31m%0Ab', serial: '00%0701', objectLabel: '%E2%80%AEkey%00%1B]0;x%FE' })
    const token = await bad.token()
    expect(token).toMatchObject({ label: 'a\u{fffd}\u{fffd}[31m\u{fffd}b', serial: '00\u{fffd}01' })
    await services.tokens.logIn(token.tokenId, 'user', pinBytes('1234'))
    const { objects } = (await services.tokens.objects(token.tokenId)).window({ tokenId: '', offset: 0, count: 10, search: '', classes: [], refresh: false })
    expect(objects.map(({ label }) => label)).toEqual(['\u{fffd}key\u{fffd}]0;x\u{fffd}', '\u{fffd}key\u{fffd}]0;x\u{fffd}'])
  })
})

describe('a token that goes', () => {
  it.each([['0x32', 'CKR_DEVICE_REMOVED'], ['0xb3', 'CKR_SESSION_HANDLE_INVALID'], ['0xe0', 'CKR_TOKEN_NOT_PRESENT'], ['0xb0', 'CKR_SESSION_CLOSED']])('in the middle of a call with %s takes its login along', async (rv, ckr) => {
    const { sign } = await ready()
    bad.behave({ 'rv.C_Sign': rv })
    await expect(sign()).rejects.toMatchObject({ code: 'TOKEN_REMOVED', details: { ckr, tokenLabel: 'stub' } })
    bad.behave({})
    expect(await bad.token()).toMatchObject({ login: null })
    await expect(sign()).rejects.toMatchObject({ code: 'TOKEN_LOGIN_NEEDED' })
  })

  it('leaves an empty slot', async () => {
    const { sign } = await ready()
    bad.behave({ empty: 1, 'rv.C_Sign': '0xe0' })
    await expect(sign()).rejects.toMatchObject({ code: 'TOKEN_REMOVED' })
    await expect(sign()).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' })
    expect(await services.tokens.listTokens()).toMatchObject({ tokens: [{ moduleId: good.moduleId }], emptySlots: 1, problems: [] })
  })

  it('is not mistaken for the one that has taken its place', async () => {
    const { tokenId, generate } = await ready()
    bad.behave({ serial: '0002' })
    await expect(generate()).rejects.toMatchObject({ code: 'TOKEN_CHANGED' })
    expect(bad.calls('C_GenerateKey')).toEqual([])
    await expect(services.tokens.logIn(tokenId, 'user', pinBytes('1234'))).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' })
    expect(bad.calls('C_Login')).toEqual([])
    expect(await bad.token()).toMatchObject({ serial: '0002', login: null })
  })
})

describe('PINs', () => {
  it.each([
    ['0x4040d', '0xa4', 'TOKEN_PIN_LOCKED', 'locked'],
    ['0x2040d', '0xa0', 'TOKEN_PIN_WRONG', 'final'],
    ['0x1040d', '0xa0', 'TOKEN_PIN_WRONG', 'low'],
    ['0x8040d', '0xa3', 'TOKEN_PIN_EXPIRED', 'to-be-changed'],
    ['0x405', '0x102', 'TOKEN_PIN_NOT_SET', 'not-set'],
  ])('of a token with the flags %s: %s is %s', async (flags, rv, code, state) => {
    bad.behave({ flags, 'rv.C_Login': rv })
    const { tokenId, userPin } = await bad.token()
    expect(userPin).toBe(state)
    await expect(services.tokens.logIn(tokenId, 'user', pinBytes('9999'))).rejects.toMatchObject({ code })
    expect(bad.calls('C_Login')).toEqual(['C_Login 4'])
  })

  it('are typed on a reader that has keys', async () => {
    bad.behave({ flags: '0x50d' })
    const { tokenId, hasPinPad } = await bad.token()
    expect(hasPinPad).toBe(true)
    expect(await services.tokens.logIn(tokenId, 'user', null)).toMatchObject({ login: 'user' })
    await services.tokens.changePin(tokenId, 'user', null, null)
    await services.tokens.setUserPin(tokenId, null, null)
    expect([...bad.calls('C_Login'), ...bad.calls('C_SetPIN'), ...bad.calls('C_InitPIN')]).toEqual(['C_Login 0', 'C_Login 0', 'C_SetPIN 0 0', 'C_InitPIN 0'])
  })

  it('are said again for a key that asks each time, once', async () => {
    bad.behave({ always: 1 })
    const { sign } = await ready()
    expect(await sign(pinBytes('1234'))).toHaveLength(64)
    bad.behave({ always: 1 })
    await expect(sign(pinBytes('4321'))).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG' })
    expect(bad.calls('C_Login')).toEqual(['C_Login 4'])
  })
})
