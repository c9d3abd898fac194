import { describe, expect, it } from 'vitest'
import { parseArguments, UsageError } from '../../../../src-main/faces/cli/arguments'

const command = (...argv: string[]) => parseArguments(argv).command

describe('the arguments of run, read, inject and generate', () => {
  it('leaves everything after -- to the command that is run', () => {
    expect(command('run', '--env-file', 'a', '--env-file=b', '--', 'npm', '--version', '--', '-x')).toEqual({
      command: 'run',
      envFiles: ['a', 'b'],
      masking: true,
      program: 'npm',
      args: ['--version', '--', '-x'],
    })
    expect(parseArguments(['--vault', 'v', 'run', '--no-masking', '--', 'env', '--help'])).toMatchObject({ vaultFolder: 'v', command: { masking: false, program: 'env', args: ['--help'] } })
  })

  it('takes -- as the end of the options of other commands', () => {
    expect(command('decrypt', '--', '-odd')).toMatchObject({ files: ['-odd'] })
  })

  it('reads read and inject', () => {
    expect(command('read', 'keystead://a')).toEqual({ command: 'read', reference: 'keystead://a', newline: false })
    expect(command('read', '-n', 'keystead://a')).toMatchObject({ newline: true })
    expect(command('inject')).toEqual({ command: 'inject', input: '-', output: '-', force: false })
    expect(command('inject', '-i', 'a', '-o', 'b', '-f')).toEqual({ command: 'inject', input: 'a', output: 'b', force: true })
  })

  it('reads generate for characters and for words', () => {
    expect(command('generate')).toEqual({
      command: 'generate',
      request: { kind: 'characters', length: 20, classes: ['lowercase', 'uppercase', 'numbers', 'symbols'], excludeCharacters: '', excludeLookAlikes: false },
    })
    expect(command('generate', '--length', '40', '--no-symbols', '--exclude', 'abc', '--no-look-alikes')).toMatchObject({
      request: { length: 40, classes: ['lowercase', 'uppercase', 'numbers'], excludeCharacters: 'abc', excludeLookAlikes: true },
    })
    expect(command('generate', '--words', '6', '--separator', ' ', '--number')).toEqual({
      command: 'generate',
      request: { kind: 'words', words: 6, separator: ' ', capitalise: false, includeNumber: true },
    })
  })

  it.each([
    [['run']],
    [['run', 'npm', 'start']],
    [['run', 'npm', '--', 'start']],
    [['run', '--']],
    [['run', '--', '']],
    [['read']],
    [['read', 'a', 'b']],
    [['inject', 'a']],
    [['generate', '--length', '3']],
    [['generate', '--length', '20', '--words', '5']],
    [['generate', '--separator', '-']],
    [['generate', '--no-symbols', '--no-numbers', '--no-lowercase', '--no-uppercase']],
  ])('refuses %j', (argv) => {
    expect(() => parseArguments(argv)).toThrow(UsageError)
  })
})
