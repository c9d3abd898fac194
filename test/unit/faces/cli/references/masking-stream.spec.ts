import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { MaskingStream, mask } from '../../../../../src-main/faces/cli/references/masking-stream'
import { PatternAutomaton } from '../../../../../src-main/faces/cli/references/pattern-automaton'

const bytes = (text: string) => new TextEncoder().encode(text)
const textOf = (...parts: Uint8Array[]) => Buffer.concat(parts).toString('utf8')
const concealed = Buffer.from(mask).toString('utf8')

const streamFor = (...patterns: string[]) => new MaskingStream(new PatternAutomaton(patterns.map(bytes)))

function masked(patterns: string[], chunks: string[]): string {
  const stream = streamFor(...patterns)
  return textOf(...chunks.map((chunk) => stream.push(bytes(chunk))), stream.end())
}

/** As masked(), where the next chunk always comes after the time that little is held back for. */
function shownSlowly(patterns: string[], chunks: string[]): string {
  const stream = streamFor(...patterns)
  const shown = chunks.flatMap((chunk) => [stream.push(bytes(chunk)), stream.holdsLittle ? stream.release() : bytes('')])
  return textOf(...shown, stream.end())
}

function piecesOf(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size))
}

/** Which characters belong to a pattern, of each occurrence from its character `from` on. */
function marksOf(patterns: string[], text: string, from = 0): boolean[] {
  const marks = [...text].map(() => false)
  for (const pattern of patterns) {
    for (let at = text.indexOf(pattern); pattern !== '' && at !== -1; at = text.indexOf(pattern, at + 1)) marks.fill(true, at + from, at + pattern.length)
  }
  return marks
}

/** What the stream should do, found by looking at the whole text at once. */
function maskedAtOnce(patterns: string[], text: string): string {
  const marks = marksOf(patterns, text)
  return [...text].map((character, at) => (!marks[at] ? character : marks[at - 1] ? '' : concealed)).join('')
}

describe('MaskingStream', () => {
  it('leaves what is no value as it is', () => {
    expect(masked(['hunter2'], ['hunter1 hunt', 'er3\n'])).toBe('hunter1 hunter3\n')
    expect(masked([], ['any', 'thing'])).toBe('anything')
  })

  it('conceals a value wherever the chunks end', () => {
    const text = 'before hunter2 after'
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second++) {
        expect(masked(['hunter2'], [text.slice(0, first), text.slice(first, second), text.slice(second)])).toBe(`before ${concealed} after`)
      }
    }
    expect(masked(['hunter2'], [...text])).toBe(`before ${concealed} after`)
  })

  it('conceals overlapping values as one, and every byte of them', () => {
    expect(masked(['abcd', 'cdef'], ['xabcdefx'])).toBe(`x${concealed}x`)
    expect(masked(['abcd', 'abcdefgh'], ['abcdef abcdefgh'])).toBe(`${concealed}ef ${concealed}`)
    expect(masked(['bcde', 'abcdefgh'], ['abcdefgx'])).toBe(`a${concealed}fgx`)
  })

  it('finds the same as a search through the whole output', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 }), { maxLength: 8 }), (patterns, chunks) => {
        expect(masked(patterns, chunks)).toBe(maskedAtOnce(patterns, chunks.join('')))
      }),
    )
  })

  it('gives out at once what cannot belong to a value', () => {
    const stream = streamFor('hunter2')
    expect(textOf(stream.push(bytes('Name: ')))).toBe('Name: ')
    expect(textOf(stream.push(bytes('oh hunter')))).toBe('oh ')
    expect(stream.holdsLittle).toBe(false)
    expect(textOf(stream.push(bytes('2')))).toBe(concealed)
    expect(textOf(stream.push(bytes('!')))).toBe('!')
  })

  it('can show a short beginning of a value that does not go on, and conceals the rest if it does', () => {
    const stream = streamFor(': secret')
    expect(textOf(stream.push(bytes('Password: ')))).toBe('Password')
    expect(stream.holdsLittle).toBe(true)
    expect(textOf(stream.release())).toBe(': ')
    expect(stream.holdsLittle).toBe(false)
    expect(textOf(stream.push(bytes('secret\n')), stream.end())).toBe(`${concealed}\n`)
  })

  it('shows no more than the first three bytes of a value that comes slowly, in pieces of any length', () => {
    const value = 'correct-horse-battery'
    for (let size = 1; size <= 5; size++) expect(shownSlowly([value], piecesOf(`Key: ${value}\n`, size))).toMatch(new RegExp(`^Key: (?:|c|co|cor)${concealed}\n$`))
    expect(shownSlowly([value], [...`corcor${value} corr`])).toBe(`corcorcor${concealed} corr`)
  })

  it('shows of each value that comes slowly its first three bytes or less, whatever the values are', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 4, maxLength: 9 })
    const patternsAndWords = fc.array(word, { minLength: 1, maxLength: 4 }).chain((patterns) => fc.tuple(fc.constant(patterns), fc.array(fc.constantFrom(...patterns, 'a', 'b', 'c'), { maxLength: 6 })))
    fc.assert(
      fc.property(patternsAndWords, fc.integer({ min: 1, max: 5 }), ([patterns, words], size) => {
        const output = words.join('')
        const [marks, hidden] = [marksOf(patterns, output), marksOf(patterns, output, 3)].map((all) => all.filter(Boolean).length)
        const shown = shownSlowly(patterns, piecesOf(output, size)).replaceAll(concealed, '').length
        expect(shown).toBeGreaterThanOrEqual(output.length - (marks ?? 0))
        expect(shown).toBeLessThanOrEqual(output.length - (hidden ?? 0))
      }),
    )
  })

  it('gives out a mask without waiting for a longer value', () => {
    const stream = streamFor('hunter', 'hunter2-and-more')
    expect(textOf(stream.push(bytes('hunter')))).toBe(concealed)
    expect(textOf(stream.push(bytes('2 ')), stream.end())).toBe('2 ')
  })

  it('lets bytes through that are no text', () => {
    const stream = streamFor('abcd')
    const binary = new Uint8Array([0, 255, 254, 97, 98, 0])
    expect(Buffer.concat([stream.push(binary), stream.end()])).toEqual(Buffer.from(binary))
  })
})
