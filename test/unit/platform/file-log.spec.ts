import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KmsError } from '../../../src-shared/errors'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import { FileLog } from '../../../src-main/platform/file-log'
import { useTemporaryFolder } from '../../support/temporary-folder'

const path = useTemporaryFolder()
const file = (): string => path('logs', 'main.log')
const clock = { nowMs: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) }
const canary = 'canary-4b1d77'

const newLog = (options: { maxBytes?: number; keep?: number } = {}): FileLog => new FileLog(file(), { clock, ...options })
const text = (): string => readFileSync(file(), 'utf8')
const lines = (): Record<string, unknown>[] =>
  text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('FileLog', () => {
  it('writes one JSON object per line, at once', () => {
    const log = newLog()
    log.info('vault.unlocked', { durationMs: 12, slots: ['passphrase'], keyId: 'k-1' })
    log.warn('job.cancelled')
    expect(lines()).toEqual([
      { time: '2026-01-02T03:04:05.006Z', level: 'info', event: 'vault.unlocked', fields: { durationMs: 12, slots: ['passphrase'], keyId: 'k-1' } },
      { time: '2026-01-02T03:04:05.006Z', level: 'warn', event: 'job.cancelled' },
    ])
  })

  it('keeps line breaks of values inside their line', () => {
    newLog().info('e', { name: 'a\nb\u2028c' })
    expect(lines()).toEqual([expect.objectContaining({ fields: { name: 'a\nb\u2028c' } })])
  })

  it('is for its owner alone, also when the file was there', () => {
    mkdirSync(path('logs'))
    writeFileSync(file(), '')
    chmodSync(file(), 0o644)
    newLog().info('e')
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('appends after a restart', () => {
    newLog().info('first')
    newLog().info('second')
    expect(lines().map((line) => line['event'])).toEqual(['first', 'second'])
  })

  it('rotates by size and keeps a bounded number of files', () => {
    const log = newLog({ maxBytes: 400, keep: 2 })
    for (let turn = 0; turn < 100; turn++) log.info('turn', { turn })
    expect(readdirSync(path('logs')).sort()).toEqual(['main.log', 'main.log.1', 'main.log.2'])
    for (const name of readdirSync(path('logs'))) {
      expect(statSync(path('logs', name)).size).toBeLessThanOrEqual(400)
      expect(statSync(path('logs', name)).mode & 0o777).toBe(0o600)
    }
    expect(lines().at(-1)).toEqual(expect.objectContaining({ fields: { turn: 99 } }))
  })

  it('never throws: the disk refuses, the values are strange', () => {
    mkdirSync(file(), { recursive: true })
    const log = newLog()
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    expect(() => log.info('e', circular)).not.toThrow()
    expect(() => log.error('e', { toString: null }, {
        get bad() {
          throw new Error('getter')
        },
      })).not.toThrow()
  })

  it('writes circular and deep values cut short', () => {
    const circular: Record<string, unknown> = { name: 'loop' }
    circular['self'] = circular
    newLog().info('e', { circular, big: 10n, when: new Date(), list: Array.from({ length: 500 }, (_, index) => index), long: 'x'.repeat(9999) })
    expect(text().length).toBeLessThan(4000)
    expect(lines()).toHaveLength(1)
  })
})

describe('what a log never holds', () => {
  it.each([
    'passphrase', 'newPassphrase', 'password', 'PIN', 'userPin', 'pinCode', 'plaintext', 'Plaintext', 'secret', 'secretValue', 'SecretData', 'words', 'recoveryWords',
    'mnemonic', 'token', 'tokenValue', 'rootKey', 'root_key', 'dataKey', 'keyBytes', 'keyMaterial', 'key', 'privateKey', 'seed', 'credential', 'clipboardText',
  ])('a value under the name %s, at any depth', (name) => {
    newLog().info('e', { [name]: canary, deep: { deeper: [{ [name]: [canary] }] }, other: 'kept' })
    expect(text()).not.toContain(canary)
    expect(text()).toContain('kept')
  })

  it('numbers under a secret name', () => {
    newLog().info('e', { pin: 123_456 })
    expect(text()).not.toContain('123456')
  })

  it('bytes, under any name and in any wrapping', () => {
    const bytes = new TextEncoder().encode(canary)
    newLog().info('e', {
      a: bytes, b: Buffer.from(canary), c: SecretBuffer.take(bytes.slice()), d: bytes.buffer, e: [bytes], f: new Map([['x', canary]]), g: new DataView(bytes.buffer),
    })
    expect(text()).not.toContain(canary)
    expect(text()).not.toContain(String(bytes[0]) + ',' + String(bytes[1]))
    expect(text()).not.toContain('"0":')
  })

  it('messages of errors and of their causes; name, code and frames are there', () => {
    const inner = Object.assign(new TypeError(`inner ${canary}\n    at fake ${canary}`), { code: 'ERR_INNER' })
    newLog().error('operation.failed', new KmsError('INTERNAL', `outer ${canary}`, {}, inner), { incidentId: 'i-1' })
    expect(text()).not.toContain(canary)
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'error',
        fields: { incidentId: 'i-1' },
        cause: expect.objectContaining({ name: 'KmsError', code: 'INTERNAL', cause: expect.objectContaining({ name: 'TypeError', code: 'ERR_INNER' }) }),
      }),
    ])
    expect(text()).toContain('file-log.spec.ts')
  })

  it('errors among the fields with their messages', () => {
    newLog().warn('e', { reason: new Error(canary) })
    expect(text()).not.toContain(canary)
  })

  it('a message that was changed after the stack had been taken, nor names and codes that are text', () => {
    const error = Object.assign(new Error(`${canary}\n    at ${canary} (x:1:1)`), { code: `no code ${canary}` })
    error.message = 'another'
    error.name = `no name ${canary}`
    newLog().error('e', error)
    expect(text()).not.toContain(canary)
  })

  it('causes that are no errors', () => {
    for (const cause of [canary, { message: canary }, null, undefined]) newLog().error('e', cause)
    expect(text()).not.toContain(canary)
    expect(lines().map((line) => line['cause'])).toEqual([{ type: 'string' }, { type: 'object' }, { type: 'null' }, { type: 'undefined' }])
  })

  it('home folders in stack frames', () => {
    const error = new Error('x')
    error.stack = 'Error: x\n    at run (/home/ada/app/out/main/index.js:1:2)\n    at C:\\Users\\ada\\app\\index.js:3:4\n    at file:///Users/ada/app.js:5:6'
    newLog().error('e', error)
    expect(text()).not.toContain('ada')
    expect(text()).toContain('app/out/main/index.js:1:2')
  })

  it('a canary message of any shape', () => {
    const log = newLog()
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        log.error('e', new Error(`${before}${canary}\n    at ${canary} (${after}:1:1)`))
        expect(text()).not.toContain(canary)
      }),
      { numRuns: 50 },
    )
  })
})
