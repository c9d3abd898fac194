/** Two different positions below `count`, in order, chosen at random. */
export function pickTwo(count: number): [number, number] {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint32Array(2))
  const first = a % count
  const second = (first + 1 + (b % (count - 1))) % count
  return first < second ? [first, second] : [second, first]
}

/** Whether a typed word is the asked one; case and white space around it do not matter. */
export function sameWord(typed: string, word: string): boolean {
  return typed.trim().toLowerCase() === word.toLowerCase()
}

/** How many words have been typed; numbering like "12." is not a word. */
export function countWords(typed: string): number {
  return typed.split(/[\s,]+/).filter((part) => /[a-z]/i.test(part)).length
}
