import { describe, expect, it } from 'vitest'
import { givenArguments, parseArguments, UsageError } from '../../../../src-main/faces/cli/arguments'

const command = (...argv: string[]) => parseArguments(argv).command

describe('parseArguments', () => {
  it('reads the vault and the passphrase file before or after the command', () => {
    const expected = { vaultFolder: 'v', passphraseFile: 'p', unlockToken: null, tokenPin: null, command: { command: 'audit', verify: true } }
    expect(parseArguments(['--vault', 'v', '--passphrase-file', 'p', 'audit', '--verify'])).toEqual(expected)
    expect(parseArguments(['audit', '--verify', '--vault=v', '--passphrase-file=p'])).toEqual(expected)
  })

  it('reads which token opens the vault, and where its PIN comes from, which is also that of tokens with keys', () => {
    expect(parseArguments(['--unlock-token', 'Workstation', '--token-pin-file', 'f', 'audit'])).toMatchObject({ unlockToken: 'Workstation', tokenPin: { file: 'f' } })
    expect(parseArguments(['--unlock-token', 'Workstation', 'audit'])).toMatchObject({ unlockToken: 'Workstation', tokenPin: null })
    expect(parseArguments(['decrypt', 'x', '--token-pin-fd', '3'])).toMatchObject({ unlockToken: null, tokenPin: { descriptor: 3 } })
  })

  it('reads encrypt with several context pairs; values may hold an equals sign or nothing', () => {
    expect(command('encrypt', '-k', 'alias/a', '-o', 'out', '--context', 'a=b=c', '--context', 'd=', 'x', 'y')).toEqual({
      command: 'encrypt',
      key: 'alias/a',
      output: 'out',
      context: { a: 'b=c', d: '' },
      force: false,
      files: ['x', 'y'],
    })
  })

  it('reads call with JSON, standard input or nothing', () => {
    expect(command('call', 'ListKeys')).toEqual({ command: 'call', operation: 'ListKeys', json: '{}' })
    expect(command('call', 'ListKeys', '-')).toEqual({ command: 'call', operation: 'ListKeys', json: '-' })
    expect(command('call', 'Encrypt', '{"KeyId":"k"}')).toEqual({ command: 'call', operation: 'Encrypt', json: '{"KeyId":"k"}' })
  })

  it('reads init', () => {
    expect(command('init', '--kdf-target-ms', '250')).toEqual({ command: 'init', kdfTargetMs: 250, name: null, recoveryKitFile: null })
  })

  it('gives help and version without a command', () => {
    expect(command('--help')).toEqual({ command: 'help', of: [] })
    expect(command('encrypt', '-h')).toEqual({ command: 'help', of: ['encrypt'] })
    expect(command('--version')).toEqual({ command: 'version' })
  })

  it.each([
    [[]],
    [['toString']],
    [['frobnicate']],
    [['encrypt', 'x']],
    [['encrypt', '-k', 'a']],
    [['encrypt', '-k', 'a', '--context', 'novalue', 'x']],
    [['encrypt', '-k', 'a', '--context', 'a=1', '--context', 'a=2', 'x']],
    [['decrypt', '--key', 'a', 'x']],
    [['init', 'extra']],
    [['init', '--kdf-target-ms', 'fast']],
    [['inspect']],
    [['call', 'A', 'B', 'C']],
    [['audit', '--unknown']],
    [['--token-pin', '1234', 'audit']],
    [['--token-pin-file', 'f', '--token-pin-fd', '3', 'audit']],
  ])('refuses %j', (argv) => {
    expect(() => parseArguments(argv)).toThrow(UsageError)
  })
})

describe('givenArguments', () => {
  it('unpacks the list that the launcher makes', () => {
    expect(givenArguments(['--arguments', '["run","--env-file","a b","--","x"]'])).toEqual(['run', '--env-file', 'a b', '--', 'x'])
  })

  it('leaves others as they are', () => {
    for (const argv of [[], ['audit'], ['--arguments'], ['--arguments', 'a', 'b'], ['call', '--arguments', '[]']]) expect(givenArguments(argv)).toEqual(argv)
  })
})
