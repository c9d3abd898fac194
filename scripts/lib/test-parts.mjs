import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { OUTPUT_PLACE, runAsUser } from './as-user.mjs'
import { electronEnvironment } from './electron.mjs'
import { inRoot, root } from './paths.mjs'
import { runQuietly } from './process.mjs'
import { ensureSandboxPossible } from './sandbox.mjs'
import { countTests, runVitest, vitestArguments } from './vitest.mjs'

const tool = (...parts) => inRoot('node_modules', ...parts)

const asOneTest = (ok) => (ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 })

async function lint() {
  const code = await runQuietly(process.execPath, [tool('oxlint', 'bin', 'oxlint'), '--deny-warnings'], { cwd: root })
  return asOneTest(code === 0)
}

async function typecheck() {
  const tsc = tool('typescript', 'bin', 'tsc')
  const checks = [
    // With src-main and src-shared; without the types of Node src-shared is checked again as part of the renderer.
    [tsc, '-p', 'tsconfig.test.json'],
    [tool('vue-tsc', 'bin', 'vue-tsc.js'), '-p', 'tsconfig.renderer.json'],
  ]
  const codes = await Promise.all(checks.map((args) => runQuietly(process.execPath, args, { cwd: root })))
  return asOneTest(codes.every((code) => code === 0))
}

const noTests = { passed: 0, failed: 1, note: 'ran no test' }

const inNode = (name, folder) => async (electron) => {
  if (!existsSync(inRoot(folder))) return noTests
  const { ELECTRON_RUN_AS_NODE: _unset, ...env } = electronEnvironment(electron)
  return runVitest({ name, args: [`${folder}/`], env })
}

const inElectron = (name, folder) => async (electron) => {
  if (!existsSync(inRoot(folder))) return noTests
  const env = { ...electronEnvironment(electron), ELECTRON_RUN_AS_NODE: '1', KEYSTEAD_EXPECT_ELECTRON: '1' }
  return runVitest({ name, command: electron.executable, args: [`${folder}/`], env })
}

/** Runs as an ordinary user, each file on a virtual display of its own; the report goes where that user may write. */
async function endToEnd(electron) {
  if (!existsSync(inRoot('test', 'e2e'))) return noTests
  await ensureSandboxPossible(electron)
  const output = inRoot('out', 'e2e')
  const config = ['--config', 'test/e2e/vitest.config.ts', '--configLoader', 'runner', '--cache=false']
  const code = await runAsUser({
    electron,
    output,
    args: vitestArguments(`${OUTPUT_PLACE}/report.json`, ...config),
  })
  return countTests(join(output, 'report.json'), code)
}

/** All parts in the order in which they run; `part` is the name by which they are asked for. */
export const testParts = [
  { part: 'lint', title: 'Lint', run: lint },
  { part: 'typecheck', title: 'Type check', run: typecheck },
  { part: 'unit', title: 'Unit tests in Node', run: inNode('unit-node', 'test/unit') },
  { part: 'unit', title: 'Unit tests in Electron', run: inElectron('unit-electron', 'test/unit') },
  { part: 'contract', title: 'Contract tests', run: inNode('contract', 'test/contract'), needsBuild: true },
  { part: 'security', title: 'Security tests', run: inNode('security', 'test/security'), needsBuild: true },
  { part: 'integration', title: 'Integration tests', run: inNode('integration', 'test/integration'), needsBuild: true },
  { part: 'e2e', title: 'End-to-end tests', run: endToEnd, needsBuild: true },
]
