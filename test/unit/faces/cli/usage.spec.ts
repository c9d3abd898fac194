import { describe, expect, it } from 'vitest'
import { usage, usageOf } from '../../../../src-main/faces/cli/usage'

/** The lines that begin a command. */
const commandsIn = (text: string) => text.split('\n').filter((line) => /^ {2}\S/.test(line)).map((line) => line.trim().split(' ').slice(0, 2).join(' '))

describe('help', () => {
  it('is all of it without a command, and for one that there is not', () => {
    expect(usageOf([])).toBe(usage)
    expect(usageOf(['--frob', 'nonsense'])).toBe(usage)
  })

  it('of a command says what that one takes, and what is the same for all', () => {
    const text = usageOf(['token', 'import'])
    expect(commandsIn(text)).toEqual(['token COMMAND', 'token import'])
    for (const part of ['Usage: keystead', '--pin-file F', '--password-file FILE', 'The vault is DIR', 'Exit code: 0 done']) expect(text).toContain(part)
    expect(commandsIn(usageOf(['token', 'mechanisms']))).toEqual(['token COMMAND', 'token list'])
    expect(commandsIn(usageOf(['token', 'module', 'find']))).toEqual(['token COMMAND', 'token module', 'token module'])
    expect(commandsIn(usageOf(['secret', 'put', 'db', '--field']))).toEqual(['secret put', 'secret put'])
    expect(commandsIn(usageOf(['audit']))).toEqual(['audit [--verify]'])
    expect(commandsIn(usageOf(['secret'])).every((name) => name.startsWith('secret '))).toBe(true)
  })
})
