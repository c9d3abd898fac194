import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.spec.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    pool: 'forks',
    setupFiles: ['test/e2e/support/own-display.ts'],
    maxWorkers: 2,
    // What is waited for comes in its own time on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
})
