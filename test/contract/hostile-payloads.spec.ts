import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { channelOf } from '../../src-shared/contract/catalog'
import { isSealedInTransit, transitChannel } from '../../src-shared/contract/transit'
import { operations } from '../../src-shared/contract/operations'
import { errorCodes } from '../../src-shared/errors'
import { ipcOperations } from '../../src-main/faces/ipc/router'
import type { Application } from '../../src-main/compose'
import { silentLog } from '../support/cheap-vault'
import { composeIn, createTestVault } from '../support/composed-application'
import { foreignEvent, ownEvent, RouterPage } from '../support/router-page'

const folder = mkdtempSync(join(tmpdir(), 'keystead-test-'))
const codes: readonly string[] = Object.values(errorCodes).flat()
const incidents: unknown[] = []
const log = { ...silentLog, error: (_event: string, cause: unknown) => void incidents.push(cause) }
let application: Application
let page: RouterPage

beforeAll(async () => {
  application = await composeIn(folder, {}, log)
  await createTestVault(application)
  page = new RouterPage(application.dispatcher, log)
})

beforeEach(() => {
  incidents.length = 0
  expect(application.vault.isUnlocked).toBe(true)
})

afterAll(async () => {
  await application.dispose()
  rmSync(folder, { recursive: true, force: true })
})

/** A typed envelope, whatever came in; never a rejection, a stack or a path. */
function expectRefusal(answer: unknown, allowed?: readonly string[]): void {
  expect(answer).toMatchObject({ ok: false, code: expect.any(String) as string, message: expect.any(String) as string, details: expect.any(Object) as object })
  const { code } = answer as { code: string }
  expect(allowed ?? codes).toContain(code)
  expect(JSON.stringify(answer)).not.toMatch(/\/home|\/tmp|\n\s+at /)
}

const malformed = ['INVALID_PARAMETER', 'MISSING_PARAMETER']

describe.each(ipcOperations)('%s', (operation) => {
  test('refuses what is not a request', async () => {
    const reserved = JSON.parse('{"__proto__":{"x":1}}') as unknown
    const deep = { x: [[[[[[[[[[1]]]]]]]]]] }
    const requests = [undefined, null, 7, 'x', true, [], [{}], new Uint8Array(4), new Date(0), new Map(), reserved, { constructor: 1 }, { prototype: 1 }, deep]
    for (const request of requests) expectRefusal(await page.call(operation, request), malformed)
    expect(incidents).toEqual([])
  })

  test('refuses fields that it does not have', async () => {
    expectRefusal(await page.call(operation, { notAField: 1 }), malformed)
    expectRefusal(await page.call(operation, { path: '/etc/passwd' }), malformed)
  })

  test('refuses what is too large', async () => {
    expectRefusal(await page.call(operation, { x: 'y'.repeat(5 * 1024 * 1024) }), malformed)
    expectRefusal(await page.call(operation, { x: new Uint8Array(1024 * 1024 + 1) }), malformed)
    expectRefusal(await page.call(operation, { x: Array.from({ length: 200_000 }, () => 0) }), malformed)
  })

  test('refuses a sender that is not our page, before it looks at anything', async () => {
    const answer = await page.send(channelOf(operation), foreignEvent, {})
    expect(answer).toEqual({ ok: false, code: 'FORBIDDEN_SENDER', message: 'This page may not call Keystead.', details: {} })
  })
})

test('a foreign frame gets no key for transit', async () => {
  expect(await page.send(transitChannel, foreignEvent)).toBeNull()
})

test.each(ipcOperations.filter((operation) => isSealedInTransit(operation)))('%s refuses secrets that are not sealed', async (operation) => {
  await page.send(transitChannel, ownEvent)
  const bytes = new TextEncoder().encode('correct horse battery staple')
  const request = { passphrase: bytes, pin: bytes, words: bytes, plaintext: bytes, ciphertextBlob: bytes }
  expectRefusal(await page.send(channelOf(operation), ownEvent, request), ['FORBIDDEN_SENDER'])
  expectRefusal(await page.send(channelOf(operation), ownEvent, request, new Uint8Array(65)), ['FORBIDDEN_SENDER'])
})

const names = ['keyId', 'passphrase', 'plaintext', 'ciphertextBlob', 'sources', 'paths', 'file', 'target', 'backup', 'offset', 'count', 'encryptionContext', 'text', 'jobId']
const value = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withSparseArray: true, withNullPrototype: true, maxDepth: 4 })
const request = fc.oneof(value, fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { maxKeys: 6 }))

/** These do what they say for an empty request and would only make the others meaningless: they lock or make keys. */
const effects = new Set(['lockVault', 'createKey'])

test('whatever comes in, every operation answers with an envelope and none breaks', async () => {
  const operation = fc.constantFrom(...ipcOperations.filter((name) => !effects.has(name)))
  await fc.assert(
    fc.asyncProperty(operation, request, async (name, hostile) => {
      const answer = await page.send(channelOf(name), ownEvent, hostile, new Uint8Array(65))
      expect(answer).toEqual(expect.objectContaining({ ok: expect.any(Boolean) as boolean }))
      if (!(answer as { ok: boolean }).ok) expectRefusal(answer, codes.filter((code) => code !== 'INTERNAL'))
    }),
    { numRuns: 1500 },
  )
  expect(incidents).toEqual([])
})

test('sealed or not, hostile requests of secret operations end in a typed refusal', async () => {
  // One that needs no field at all is right to answer an empty request.
  const operation = fc.constantFrom(...ipcOperations.filter((name) => isSealedInTransit(name) && !operations[name].request.safeParse({}).success))
  const bytes = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.string(), fc.integer()), { maxKeys: 4 })
  await fc.assert(
    fc.asyncProperty(operation, bytes, async (name, hostile) => expectRefusal(await page.call(name, hostile), codes.filter((code) => code !== 'INTERNAL'))),
    { numRuns: 300 },
  )
  expect(incidents).toEqual([])
})

test('a closed router has no channel left', () => {
  expect(page.channels).toHaveLength(ipcOperations.length + 1)
  page.router.close()
  expect(page.channels).toEqual([])
})
