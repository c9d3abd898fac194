import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TokenSummary } from '../../src-shared/contract/tokens'
import type { HostCallName } from '../../src-main/tokens/host/calls'
import { ModuleRegistry } from '../../src-main/tokens/module-registry'
import type { TokenModule } from '../../src-main/tokens/token-module'
import { Tokens } from '../../src-main/tokens/tokens'
import { silentLog } from './cheap-vault'
import { projectRoot } from './source-files'
import { tokenHostBundle } from './token-fixture'

/** Compiles the module that misbehaves on request. `name`: of the test file, as others may compile theirs meanwhile. */
export function compileStub(name: string): string {
  const folder = join(projectRoot, 'out', 'test-programs', `stub-module-${name}`)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'stub.so')
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-o', path, join(projectRoot, 'test', 'support', 'stub-module', 'stub.c'), '-ldl'])
  return path
}

/** One copy of the module; what it does is in stub.c. */
export class StubModule {
  readonly path: string
  readonly #tokens: Tokens
  moduleId = ''

  constructor(path: string, tokens: Tokens) {
    this.path = path
    this.#tokens = tokens
    this.behave({})
  }

  get module(): TokenModule {
    return this.#tokens.module(this.moduleId)
  }

  /** From now on, in this process of the module and the next. */
  behave(settings: Readonly<Record<string, string | number>>): void {
    writeFileSync(`${this.path}.conf`, Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join(''))
    writeFileSync(`${this.path}.calls`, '')
  }

  /** The functions that were called since behave(), with the lengths of PINs. */
  calls(name = ''): string[] {
    return readFileSync(`${this.path}.calls`, 'utf8').split('\n').filter((line) => line !== '' && (name === '' || line.split(' ')[0] === name))
  }

  /** The token in its slot. */
  async token(): Promise<TokenSummary> {
    const { tokens } = await this.#tokens.listTokens()
    const [token] = tokens.filter(({ moduleId }) => moduleId === this.moduleId)
    if (!token) throw new Error('the stub module shows no token')
    return token
  }
}

/** Tokens with copies of the module, in a folder of their own. `limits`, `patience`: milliseconds that a call may take and that a list waits, changed by tests. */
export async function stubTokens(name: string) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keystead-stub-')))
  const clock = { nowMs: () => Date.now() }
  const limits: Partial<Record<HostCallName, number>> = {}
  const patience = { ms: 30_000 }
  const tokens = new Tokens({
    registry: await ModuleRegistry.open(join(folder, 'modules.json'), clock),
    hostEntry: await tokenHostBundle(name),
    clock,
    log: silentLog,
    logoutMinutes: () => 0,
    limitMs: (call) => limits[call] ?? 30_000,
    patienceMs: () => patience.ms,
  })
  const library = compileStub(name)
  return {
    folder,
    tokens,
    limits,
    patience,
    library,
    async addStub(file: string): Promise<StubModule> {
      const path = join(folder, `${file}.so`)
      copyFileSync(library, path)
      const stub = new StubModule(path, tokens)
      stub.moduleId = (await tokens.registry.add(path, { parameters: null })).moduleId
      return stub
    },
    async close(): Promise<void> {
      await tokens.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type StubTokens = Awaited<ReturnType<typeof stubTokens>>
