import { beforeEach, describe, expect, test } from 'vitest'
import { operationNames } from '../../../src-shared/contract/catalog'
import { KmsError } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { CallAudit } from '../../../src-main/operations/call-audit'
import { Dispatcher } from '../../../src-main/operations/dispatch'
import type { Handlers } from '../../../src-main/operations/handlers'
import type { Log } from '../../../src-main/platform/ports'

const ipc = { face: 'ipc', client: 'window' } as const
const cli = { face: 'cli', client: 'someone' } as const
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'

const audited: { caller: Caller; resource: string; code: string | null }[] = []
const errors: { event: string; cause: unknown; fields: unknown }[] = []
const log: Log = { info: () => undefined, warn: () => undefined, error: (event, cause, fields) => errors.push({ event, cause, fields }) }
let isUnlocked = true

function dispatcherWith(handlers: Partial<Handlers>): Dispatcher {
  const unexpected = () => Promise.reject(new Error('this handler must not be reached'))
  const all = Object.fromEntries(operationNames.map((name) => [name, unexpected])) as unknown as Handlers
  const audit = new CallAudit({ record: (caller, resource, code) => audited.push({ caller, resource, code }) })
  return new Dispatcher({ handlers: { ...all, ...handlers }, isUnlocked: () => isUnlocked, audit, log })
}

beforeEach(() => {
  audited.length = 0
  errors.length = 0
  isUnlocked = true
})

describe('parsing', () => {
  test('a handler gets defaults filled in and who called', async () => {
    let seen: unknown
    const dispatcher = dispatcherWith({
      listKeys: async (request, caller) => {
        seen = { request, caller }
        return { totalCount: 0, pageNumber: 1, pageSize: 10, keys: [] }
      },
    })
    await dispatcher.run('listKeys', {}, cli)
    expect(seen).toEqual({ request: { pageNumber: 1, pageSize: 10, filters: [] }, caller: { face: 'cli', client: 'someone', operation: 'listKeys' } })
  })

  test('MISSING_PARAMETER names the field that is absent', async () => {
    const envelope = await dispatcherWith({}).call('updateKeyDescription', { keyId }, ipc)
    expect(envelope).toMatchObject({ ok: false, code: 'MISSING_PARAMETER', details: { fields: [{ field: 'description', problem: 'is missing' }] } })
  })

  test('missing bytes are missing, not of the wrong type', async () => {
    await expect(dispatcherWith({}).run('encrypt', { keyId }, ipc)).rejects.toMatchObject({
      code: 'MISSING_PARAMETER',
      message: expect.stringContaining('plaintext') as string,
    })
  })

  test('INVALID_PARAMETER lists every bad field and repeats no value', async () => {
    const request = { offset: -1, count: 9999, search: 7, sortBy: 'canary-value', surprise: 'canary-value' }
    const envelope = await dispatcherWith({}).call('searchKeys', request, ipc)
    expect(envelope).toMatchObject({ ok: false, code: 'INVALID_PARAMETER' })
    const fields = envelope.ok ? [] : (envelope.details.fields ?? []).map(({ field }) => field)
    expect(fields.toSorted()).toEqual(['count', 'offset', 'search', 'sortBy', 'surprise'])
    expect(JSON.stringify(envelope)).not.toContain('canary-value')
  })

  test.each([
    ['a reserved name', JSON.parse('{"keyId":"x","__proto__":{"isAdmin":true}}') as unknown],
    ['a reserved name below', { keyId: 'x', plaintext: Uint8Array.of(1), encryptionContext: JSON.parse('{"__proto__":"x"}') as unknown }],
    ['constructor', { keyId: 'x', constructor: 1 }],
    ['a function', { keyId: () => 'x' }],
    ['a class instance', { keyId: new Date(0) }],
    ['a map', new Map([['keyId', 'x']])],
    ['an array', [{ keyId: 'x' }]],
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a huge sparse array', { keyId: Array.from({ length: 2 }).concat(Array(4_000_000)) }],
    ['too deep', { keyId: [[[[[[[[[['x']]]]]]]]]] }],
  ])('refuses %s', async (_name, request) => {
    expect(await dispatcherWith({}).call('describeKey', request, ipc)).toMatchObject({ ok: false, code: 'INVALID_PARAMETER' })
  })

  test('runs no code of the request', async () => {
    let ran = false
    const request = Object.defineProperty({}, 'keyId', { enumerable: true, get: () => ((ran = true), 'x') })
    expect(await dispatcherWith({}).call('describeKey', request, ipc)).toMatchObject({ code: 'INVALID_PARAMETER' })
    expect(ran).toBe(false)
  })
})

describe('who may call what', () => {
  test('an operation that a face does not have is unknown there', async () => {
    await expect(dispatcherWith({}).run('generateDataKey', { keyId }, ipc)).rejects.toMatchObject({ code: 'UNKNOWN_OPERATION' })
    await expect(dispatcherWith({}).run('chooseFolder', {}, cli)).rejects.toMatchObject({ code: 'UNKNOWN_OPERATION' })
  })

  test.each(['toString', '__proto__', 'constructor', 'deleteEverything'])('%s is no operation', async (name) => {
    expect(await dispatcherWith({}).call(name as 'describeKey', {}, ipc)).toMatchObject({ code: 'UNKNOWN_OPERATION' })
  })

  test('VAULT_LOCKED comes before the handler and after parsing', async () => {
    isUnlocked = false
    expect(await dispatcherWith({}).call('describeKey', { keyId }, ipc)).toMatchObject({ code: 'VAULT_LOCKED' })
    expect(await dispatcherWith({}).call('describeKey', {}, ipc)).toMatchObject({ code: 'MISSING_PARAMETER' })
  })
})

describe('errors', () => {
  test('a KmsError passes with its details', async () => {
    const dispatcher = dispatcherWith({ describeKey: () => Promise.reject(new KmsError('KEY_NOT_FOUND', 'No such key.', { keyId })) })
    expect(await dispatcher.call('describeKey', { keyId }, ipc)).toEqual({ ok: false, code: 'KEY_NOT_FOUND', message: 'No such key.', details: { keyId } })
    expect(errors).toEqual([])
  })

  test('a bug becomes INTERNAL with an incident id; its cause goes to the log alone', async () => {
    const cause = new Error('secret path /home/someone/canary')
    const envelope = await dispatcherWith({ describeKey: () => Promise.reject(cause) }).call('describeKey', { keyId }, ipc)
    expect(envelope).toMatchObject({ ok: false, code: 'INTERNAL' })
    expect(JSON.stringify(envelope)).not.toMatch(/canary|\/home| at /)
    const incidentId = envelope.ok ? '' : envelope.details.incidentId
    expect(errors).toEqual([{ event: 'incident', cause, fields: { operation: 'describeKey', incidentId } }])
    expect(incidentId).toMatch(/^[0-9a-f]{12}$/)
  })

  test('a handler that throws at once is a bug, too', async () => {
    const dispatcher = dispatcherWith({
      describeKey: () => {
        throw new TypeError('x')
      },
    })
    expect(await dispatcher.call('describeKey', { keyId }, ipc)).toMatchObject({ code: 'INTERNAL' })
  })

  test('a response that does not fit its schema is not sent', async () => {
    const leaking = { keyId, keyVersionId: 'v', plaintext: Uint8Array.of(1, 2), material: 'canary' }
    const dispatcher = dispatcherWith({ decrypt: async () => leaking })
    const envelope = await dispatcher.call('decrypt', { ciphertextBlob: Uint8Array.of(1) }, ipc)
    expect(envelope).toMatchObject({ code: 'INTERNAL' })
    expect(JSON.stringify(envelope)).not.toContain('canary')
    expect([...leaking.plaintext]).toEqual([0, 0])
  })
})

describe('the audit of refusals', () => {
  test('notes code and key of a refused change', async () => {
    const dispatcher = dispatcherWith({ updateKeyDescription: () => Promise.reject(new KmsError('KEY_NOT_FOUND', 'No such key.')) })
    await dispatcher.call('updateKeyDescription', { keyId, description: '' }, cli)
    expect(audited).toEqual([{ caller: { face: 'cli', client: 'someone', operation: 'updateKeyDescription' }, resource: keyId, code: 'KEY_NOT_FOUND' }])
  })

  test('a request that was never understood is noted without its content', async () => {
    await dispatcherWith({}).call('createAlias', { aliasName: 'alias/x', keyId: 7 }, ipc)
    expect(audited).toMatchObject([{ resource: '', code: 'INVALID_PARAMETER' }])
  })

  test('a service that has noted the refusal is not repeated', async () => {
    const audit = new CallAudit({ record: (caller, resource, code) => audited.push({ caller, resource, code }) })
    const handlers = {
      encrypt: (_request: unknown, caller: Caller) => {
        audit.record(caller, keyId, 'KEY_DISABLED')
        return Promise.reject(new KmsError('KEY_DISABLED', 'Disabled.'))
      },
    } as unknown as Handlers
    const dispatcher = new Dispatcher({ handlers, isUnlocked: () => true, audit, log })
    await dispatcher.call('encrypt', { keyId: 'alias/x', plaintext: Uint8Array.of(1) }, ipc)
    expect(audited).toMatchObject([{ resource: keyId, code: 'KEY_DISABLED' }])
  })

  test('reads are not noted, nor anything while locked', async () => {
    await dispatcherWith({}).call('describeKey', {}, ipc)
    isUnlocked = false
    await dispatcherWith({}).call('createKey', {}, ipc)
    expect(audited).toEqual([])
  })
})

describe('bytes of a request', () => {
  const bytes = () => Uint8Array.of(1, 2, 3)

  test('are whole while the handler runs and zero afterwards', async () => {
    const plaintext = bytes()
    let seen: number[] = []
    const dispatcher = dispatcherWith({
      encrypt: async (request) => {
        seen = [...request.plaintext]
        return { keyId, keyVersionId: 'v', ciphertextBlob: Uint8Array.of(9) }
      },
    })
    const response = await dispatcher.run('encrypt', { keyId, plaintext }, ipc)
    expect(seen).toEqual([1, 2, 3])
    expect([...plaintext]).toEqual([0, 0, 0])
    expect([...response.ciphertextBlob]).toEqual([9])
  })

  test.each(['a refusal', 'a bug', 'bad fields', 'an unknown operation'])('are zero after %s', async (why) => {
    const plaintext = bytes()
    const refusal = why === 'a refusal' ? new KmsError('KEY_DISABLED', 'x') : new Error('x')
    const dispatcher = dispatcherWith({ encrypt: () => Promise.reject(refusal) })
    const operation = why === 'an unknown operation' ? ('nothing' as 'encrypt') : 'encrypt'
    await dispatcher.call(operation, { keyId: why === 'bad fields' ? 7 : keyId, plaintext, deeper: [{ plaintext }] }, ipc)
    expect([...plaintext]).toEqual([0, 0, 0])
  })
})
