import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { longestFirst } from './test/longest-first.ts'

/** Files that look through the memory of their process need one in which nothing else has left anything. */
const ownProcess = readdirSync('test/unit', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.spec.ts'))
  .map((name) => join('test/unit', name))
  .filter((path) => readFileSync(path, 'utf8').includes('/process-memory'))

/** Half of the time of these would go into loading the same modules for each file. */
const manySmall = ['test/unit/**/*.spec.ts', 'test/contract/**/*.spec.ts']

const longest = ['kill-9', 'rotation-kill-9', 'cli', 'cli-run', 'cli-operations', 'finish-rotation', 'openssl-x509', 'rotation-databases', 'openssl-certificates', 'cli-tokens', 'hostile-payloads', 'private-keys', 'search', 'values-in-memory']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: longestFirst(longest) },
    projects: [
      { extends: true, test: { name: 'shared', include: manySmall, exclude: ownProcess, isolate: false } },
      { extends: true, test: { name: 'own', include: [...ownProcess, 'test/{security,integration}/**/*.spec.ts'] } },
    ],
  },
})
