import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A test of a Wycheproof file joined with the fields of its group; byte fields are hexadecimal. */
export type WycheproofCase<Fields extends string> = Record<Fields, string> & {
  tcId: number
  result: 'valid' | 'invalid' | 'acceptable'
  ivSize: number
  tagSize: number
  size: number
}

interface WycheproofFile<Fields extends string> {
  numberOfTests: number
  testGroups: { tests: WycheproofCase<Fields>[] }[]
}

/** All tests of test/vectors/wycheproof/<name>_test.json. Throws when the file does not hold as many as it says. */
export function wycheproofCases<Fields extends string>(name: string): WycheproofCase<Fields>[] {
  const path = fileURLToPath(new URL(`../vectors/wycheproof/${name}_test.json`, import.meta.url))
  const file = JSON.parse(readFileSync(path, 'utf8')) as WycheproofFile<Fields>
  const cases = file.testGroups.flatMap(({ tests, ...group }) => tests.map((test) => ({ ...group, ...test })))
  if (cases.length !== file.numberOfTests) throw new Error(`${name}: ${cases.length} tests instead of ${file.numberOfTests}`)
  return cases
}

/** Ids of the cases in which we do not do what the file says. */
export function disagreements<T extends { tcId: number }>(cases: readonly T[], agrees: (test: T) => boolean): number[] {
  return cases.filter((test) => !agrees(test)).map((test) => test.tcId)
}

/** Bytes of hexadecimal text. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

/** Hexadecimal text of bytes; null stays null. */
export function toHex(bytes: Uint8Array | null): string | null {
  return bytes && Buffer.from(bytes).toString('hex')
}
