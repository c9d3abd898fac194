import { readFile, writeFile } from 'node:fs/promises'
import { PassThrough, Readable, Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decryptPipe, encryptPipe, type PipeTarget } from '../../../src-main/operations/pipes'
import { KmsError } from '../../../src-shared/errors'
import { callerOf, codeOf } from '../../support/keystore-fixture'
import { RotationFixture } from '../../support/rotation-fixture'
import { bytesOfLength, chunksOf } from '../files/support'

const content = bytesOfLength(2 * 1024 * 1024 + 5)
let fixture: RotationFixture

beforeEach(async () => {
  fixture = await RotationFixture.create()
})
afterEach(() => fixture.remove())

const fileAt = (name: string, replace = false, signal = new AbortController().signal): PipeTarget => ({ path: fixture.path(name), replace, signal })

function encrypt(target: PipeTarget, input: Readable = Readable.from(chunksOf(content, 70_000))): Promise<string | null> {
  const { fileKeys: keys, fileUses: uses } = fixture.opened.keystore
  const log = { info: () => undefined, warn: () => undefined, error: (event: string) => void fixture.logged.push(event) }
  return encryptPipe({ caller: callerOf('encryptFiles'), keys, uses, log, input, target }, { keyReference: fixture.keyId, context: { a: 'b' } })
}

async function decrypt(name: string, bytes: Uint8Array): Promise<string | null> {
  const { fileKeys: keys } = fixture.opened.keystore
  return decryptPipe({ caller: callerOf('decryptFiles'), keys, input: Readable.from(chunksOf(bytes, 100_000)), target: fileAt(name) })
}

describe('a pipe into a file', () => {
  it('is encrypted, remembered and decrypted', async () => {
    expect(await encrypt(fileAt('out.keystead'))).toBe(fixture.path('out.keystead'))
    const sealed = await readFile(fixture.path('out.keystead'))
    const [version] = await fixture.versionIds()
    expect((await fixture.uses()).uses).toMatchObject([{ kind: 'file', name: fixture.path('out.keystead'), keyVersionId: version }])
    expect((await fixture.find(fixture.root)).added).toBe(0)
    expect(await decrypt('back', sealed)).toBe(fixture.path('back'))
    expect(Buffer.compare(await fixture.read('back'), content)).toBe(0)
    expect(await codeOf(decrypt('cut', sealed.subarray(0, -1)))).toBe('FILE_TRUNCATED')
    expect(await fixture.names()).toEqual(['back', 'out.keystead'])
  })

  it('replaces only when told', async () => {
    await writeFile(fixture.path('out.keystead'), 'in the way')
    expect(await codeOf(encrypt(fileAt('out.keystead')))).toBe('TARGET_EXISTS')
    expect((await fixture.uses()).total).toBe(0)
    await encrypt(fileAt('out.keystead', true))
    expect(Buffer.compare(await fixture.content(fixture.path('out.keystead')), content)).toBe(0)
  })

  it('that is cancelled leaves nothing', async () => {
    const interrupt = new AbortController()
    const input = new PassThrough()
    const encrypting = codeOf(encrypt(fileAt('out.keystead', false, interrupt.signal), input))
    input.write(content)
    interrupt.abort()
    expect(await encrypting).toBe('CANCELLED')
    expect(await fixture.names()).toEqual([])
    expect((await fixture.uses()).total).toBe(0)
    input.destroy()
  })

  it('is good even if the vault cannot remember it, which the log says', async () => {
    await encrypt(fileAt('first.keystead'))
    fixture.records.failNextCommit(new KmsError('VAULT_WRITE_FAILED', 'full'))
    await encrypt(fileAt('out.keystead'))
    expect(fixture.logged).toEqual(['file-use-not-recorded'])
    expect(Buffer.compare(await fixture.content(fixture.path('out.keystead')), content)).toBe(0)
  })
})

describe('a pipe into a stream', () => {
  it('is not remembered', async () => {
    const parts: Uint8Array[] = []
    const stream = new Writable({ write: (chunk: Uint8Array, _encoding, done) => (parts.push(Uint8Array.from(chunk)), done()) })
    expect(await encrypt({ stream })).toBeNull()
    await writeFile(fixture.path('piped'), Buffer.concat(parts))
    expect(Buffer.compare(await fixture.content(fixture.path('piped')), content)).toBe(0)
    expect((await fixture.uses()).total).toBe(0)
  })
})
