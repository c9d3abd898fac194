import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { VaultTokens } from '../../src-main/tokens/vault-tokens'
import { bundleForNode } from '../support/bundle'
import { isRunning, processTree } from '../support/processes'
import { stubTokens, type StubModule, type StubTokens } from '../support/stub-token'
import { pinBytes, tokenHostBundle } from '../support/token-fixture'

let services: StubTokens
let stub: StubModule

beforeAll(async () => {
  services = await stubTokens('isolation')
  stub = await services.addStub('stub')
})

afterAll(() => services.close())

const mapsOf = (pid: number) => readFileSync(`/proc/${pid}/maps`, 'utf8')
const add = (path: string) => services.tokens.registry.add(path, { parameters: null })

describe('the code of a module', () => {
  it('is never mapped into the process of the application', async () => {
    const { tokenId } = await stub.token()
    await services.tokens.logIn(tokenId, 'user', pinBytes('1234'))
    await (await services.tokens.objects(tokenId)).whole()
    const host = mapsOf(stub.module.hostPid!)
    for (const library of [stub.path, '/pkcs11.node']) {
      expect(host).toContain(library)
      expect(mapsOf(process.pid)).not.toContain(library)
    }
  })

  it('has neither the files nor the pipes of the application', async () => {
    await stub.token()
    const [, host] = processTree(process.pid).filter(({ pid }) => pid === process.pid || pid === stub.module.hostPid)
    const files = host!.openFiles.filter((file) => !/^(\/dev\/|anon_inode:|pipe:|socket:|\/proc\/)/.test(file))
    expect(files.filter((file) => !file.endsWith('.so'))).toEqual([])
  })

  it('ends with the application, even when it hangs', async () => {
    stub.behave({ hang: 'C_Initialize' })
    const program = await bundleForNode('test/support/token-program.ts', 'token-program')
    const app = spawn(process.execPath, [program, fileURLToPath(await tokenHostBundle('isolation')), services.folder, stub.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(app.stdout, 'data')) as [Buffer]
    const host = Number(line.toString())
    await vi.waitFor(() => expect(stub.calls('C_Initialize')).toHaveLength(1), { timeout: 20_000 })
    expect(isRunning(host)).toBe(true)
    app.kill('SIGKILL')
    await vi.waitFor(() => expect(isRunning(host)).toBe(false), { timeout: 20_000 })
    stub.behave({})
  })
})

describe('the file of a module', () => {
  const copy = (name: string) => {
    const path = join(services.folder, name)
    copyFileSync(services.library, path)
    return path
  }

  it('must be a library for this machine at an absolute path', async () => {
    const text = join(services.folder, 'text.so')
    writeFileSync(text, '#!/bin/sh\necho no library\n'.repeat(10))
    await expect(add(text)).rejects.toMatchObject({ code: 'TOKEN_MODULE_UNSUITABLE', details: { moduleProblem: 'not-a-library' } })
    const other = copy('other.so')
    const bytes = readFileSync(other)
    bytes.writeUInt16LE(8, 18)
    writeFileSync(other, bytes)
    await expect(add(other)).rejects.toMatchObject({ code: 'TOKEN_MODULE_UNSUITABLE', details: { moduleProblem: 'other-architecture' } })
    await expect(add(relative(process.cwd(), services.library))).rejects.toMatchObject({ code: 'TOKEN_MODULE_UNSUITABLE', details: { moduleProblem: 'not-absolute' } })
    await expect(add(join(services.folder, 'nowhere.so'))).rejects.toMatchObject({ code: 'TOKEN_MODULE_NOT_FOUND' })
    await expect(add(services.folder)).rejects.toMatchObject({ code: 'TOKEN_MODULE_UNSUITABLE', details: { moduleProblem: 'not-a-library' } })
  })

  it('must not be one that others can change or put another in place of', async () => {
    const open = copy('open.so')
    chmodSync(open, 0o666)
    await expect(add(open)).rejects.toMatchObject({ code: 'TOKEN_MODULE_UNSUITABLE', details: { moduleProblem: 'writable-by-others' } })
    mkdirSync(join(services.folder, 'open'))
    chmodSync(join(services.folder, 'open'), 0o777)
    await expect(add(copy('open/module.so'))).rejects.toMatchObject({ code: 'TOKEN_MODULE_UNSUITABLE', details: { moduleProblem: 'writable-by-others' } })
  })

  it('must be the one that was allowed', async () => {
    const replaced = await services.addStub('replaced')
    expect(await replaced.token()).toMatchObject({ label: 'stub' })
    await services.tokens.stopModule(replaced.moduleId)
    copyFileSync(replaced.path, `${replaced.path}.new`)
    appendFileSync(`${replaced.path}.new`, 'another build')
    renameSync(`${replaced.path}.new`, replaced.path)
    replaced.behave({})
    expect((await services.tokens.listTokens()).problems).toMatchObject([{ moduleId: replaced.moduleId, code: 'TOKEN_MODULE_CHANGED' }])
    expect(replaced.calls()).toEqual([])
    await services.tokens.registry.accept(replaced.moduleId)
    expect((await services.tokens.listTokens()).problems).toEqual([])
    await services.tokens.registry.remove(replaced.moduleId)
  })

  it('must be one of PKCS #11', async () => {
    const library = /^\S+ r-xp .*?(\/\S*libc\.so\.6)$/m.exec(mapsOf(process.pid))![1]!
    const { moduleId } = await add(library)
    await expect(services.tokens.module(moduleId).open()).rejects.toMatchObject({ code: 'TOKEN_MODULE_UNSUITABLE', details: { moduleProblem: 'not-pkcs11' } })
    expect(services.tokens.module(moduleId).hostPid).toBeNull()
    await services.tokens.registry.remove(moduleId)
  })
})

describe('what a host shows of itself', () => {
  it('is no PIN: not in arguments, environment or files', async () => {
    const pin = 'canary-pin-5717'
    const { tokenId } = await stub.token()
    await services.tokens.logOut(tokenId)
    const refusal: unknown = await services.tokens.logIn(tokenId, 'user', pinBytes(pin)).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'TOKEN_PIN_WRONG' })
    expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal))).not.toContain(pin)
    const shown = processTree(process.pid).map(({ commandLine, environment }) => `${commandLine}${environment}`)
    expect(shown.join('\n')).not.toContain(pin)
    const files = readdirSync(services.folder, { recursive: true, encoding: 'utf8' }).map((name) => join(services.folder, name)).filter((path) => statSync(path).isFile())
    expect(files.filter((path) => readFileSync(path).includes(pin))).toEqual([])
  })

  it('is no PIN to one of two tokens that agree in all that is known of the right one', async () => {
    const twins = await services.addStub('twins')
    const { serial, label, model, manufacturer } = await twins.token()
    const kept = { serial, label, model, manufacturer, idHex: '01', algorithm: 'RSA_OAEP_SHA_256' } as const
    const open = () => new VaultTokens(services.tokens).decrypt(kept, pinBytes('1234'), new Uint8Array(256), new Uint8Array())
    await services.tokens.registry.remove(stub.moduleId)
    twins.behave({ slots: 2 })
    await expect(open()).rejects.toMatchObject({ code: 'TOKEN_AMBIGUOUS' })
    expect(twins.calls('C_Login')).toEqual([])
    await services.tokens.registry.remove(twins.moduleId)
    stub.moduleId = (await services.tokens.registry.add(stub.path, { parameters: null })).moduleId
  })

  it('is no core dump', async () => {
    await stub.token()
    expect(readFileSync(`/proc/${stub.module.hostPid}/limits`, 'utf8')).toMatch(/^Max core file size\s+0\s+0\s/m)
  })
})
