import { describe, expect, it } from 'vitest'
import { parseEnvFile } from '../../../../../src-main/faces/cli/references/env-file'

const parse = (text: string) => Object.fromEntries(parseEnvFile(text, 'x.env'))

describe('parseEnvFile', () => {
  it('reads names and values, comments and export', () => {
    const text = '\uFEFF# a comment\n\nA=1\n  export B = two words  # comment\nC=\nD=a#b\r\nE=#\nF= # none\nlast.name-1=x'
    expect(parse(text)).toEqual({ A: '1', B: 'two words', C: '', D: 'a#b', E: '#', F: '', 'last.name-1': 'x' })
  })

  it('reads references with their signs', () => {
    expect(parse('P=keystead://app/db#password?stage=ACSPrevious # why\nQ=postgres://u:{{ keystead://db/p }}@h/d\n')).toEqual({
      P: 'keystead://app/db#password?stage=ACSPrevious',
      Q: 'postgres://u:{{ keystead://db/p }}@h/d',
    })
  })

  it('reads quotes, over lines too', () => {
    expect(parse(String.raw`A='a # \n $x'` + '\n' + String.raw`B="a\n\"b\" \\ \$x" # c` + "\nC='one\ntwo'\nD=\"one\ntwo\"\nE=it's")).toEqual({
      A: String.raw`a # \n $x`,
      B: 'a\n"b" \\ $x',
      C: 'one\ntwo',
      D: 'one\ntwo',
      E: "it's",
    })
  })

  it('lets the last of several win', () => {
    expect(parse('A=1\nA=2')).toEqual({ A: '2' })
    expect(parse('__proto__=x')).toEqual(JSON.parse('{"__proto__":"x"}'))
  })

  it.each([
    ['no assignment', 'A=1\njust words\n', 2],
    ['no name', '=x', 1],
    ['a name that is none', '1A=x', 1],
    ['text after a quote', "A='a' b", 1],
    ['an open quote', 'A=1\n\nB="open\nC=2', 3],
  ])('names the line of %s, not what is in it', (_, text, line) => {
    expect(() => parseEnvFile(text, 'x.env')).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMETER', message: `x.env, line ${line}: not NAME=VALUE.` }) as Error)
  })
})
