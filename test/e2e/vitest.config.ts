import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/** What takes longest comes first, so that nothing long is left for one worker alone at the end. */
const longest = ['no-network', 'axe-secrets', 'keyboard', 'secret-life', 'unlock', 'lock']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.endsWith(`/${name}.spec.ts`))
      return found === -1 ? longest.length : found
    }
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}

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
    sequence: { sequencer: LongestFirst },
    // What is waited for comes in its own time on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
})
