import { defineConfig } from 'vitest/config'
import { longestFirst } from '../longest-first.ts'

const longest = ['no-network', 'axe-secrets', 'unlock', 'keyboard', 'lock', 'axe', 'main-job', 'secret-life', 'languages-themes', 'secret-exchange']

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.spec.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Loading the driver takes a second of each file otherwise; what is tested are processes of their own.
    isolate: false,
    setupFiles: ['test/e2e/support/own-display.ts'],
    maxWorkers: 2,
    sequence: { sequencer: longestFirst(longest) },
    // What is waited for comes in its own time on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
})
