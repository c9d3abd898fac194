import { BaseSequencer, type TestSequencerConstructor, type TestSpecification } from 'vitest/node'

/** Begins with the files of these names, in this order, so that nothing long is left for one worker alone at the end. */
export function longestFirst(names: readonly string[]): TestSequencerConstructor {
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const place = ({ moduleId }: TestSpecification) => {
        const found = names.findIndex((name) => moduleId.endsWith(`/${name}.spec.ts`))
        return found === -1 ? names.length : found
      }
      return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
    }
  }
}
