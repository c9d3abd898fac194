import { describe, expect, it } from 'vitest'
import { parseArguments, UsageError } from '../../../../src-main/faces/cli/arguments'

const command = (...argv: string[]) => parseArguments(argv).command

describe('the arguments of secret', () => {
  it('reads get with a choice of the value', () => {
    const plain = { command: 'secret', action: 'get', name: 'app/db', field: null, stage: null, version: null, json: false, output: null, force: false }
    expect(command('secret', 'get', 'app/db')).toEqual(plain)
    expect(command('secret', 'get', 'app/db', '--version', 'v1', '--json')).toEqual({ ...plain, version: 'v1', json: true })
    expect(command('secret', 'get', '--stage', 'S', '--field', 'F', 'app/db', '-o', 'x', '-f')).toEqual({ ...plain, stage: 'S', field: 'F', output: 'x', force: true })
    expect(command('secret', 'get', 'app/db', '--out', 'x')).toEqual({ ...plain, output: 'x' })
  })

  it('reads put', () => {
    const plain = { command: 'secret', action: 'put', name: 'n', file: null, field: null, stages: null, versionId: null, create: false, binary: false, key: null, description: null, template: null }
    expect(command('secret', 'put', 'n')).toEqual(plain)
    expect(command('secret', 'put', 'n', '--stages', 'ACSCurrent,Mine', '--version-id', 'v2', '--binary', '--file', 'f')).toEqual({
      ...plain,
      stages: ['ACSCurrent', 'Mine'],
      versionId: 'v2',
      binary: true,
      file: 'f',
    })
    expect(command('secret', 'put', 'n', '--create', '-k', 'alias/a', '--field', 'password', '--template', 'login')).toEqual({
      ...plain,
      create: true,
      key: 'alias/a',
      field: 'password',
      template: 'login',
    })
  })

  it('reads stage, rotate, delete, import and export', () => {
    expect(command('secret', 'stage', 'n', 'S', '--move-to', 'v1')).toEqual({ command: 'secret', action: 'stage', name: 'n', stage: 'S', moveTo: 'v1', removeFrom: null })
    expect(command('secret', 'rotate', 'n', '--roll-back')).toEqual({ command: 'secret', action: 'rotate', name: 'n', versionId: null, pending: 'roll-back' })
    expect(command('secret', 'delete', 'n', '--days', '7')).toEqual({ command: 'secret', action: 'delete', name: 'n', days: 7, force: false, yes: false })
    expect(command('secret', 'import', 'f', '--dry-run')).toEqual({ command: 'secret', action: 'import', file: 'f', format: null, passwordFile: null, folder: null, onTaken: 'skip', dryRun: true })
    expect(command('secret', 'export', '--format', 'env', '--plain', '-o', 'x')).toMatchObject({ action: 'export', format: 'env', plain: true, output: 'x', force: false })
  })

  it('gives help', () => {
    expect(command('secret', '--help')).toEqual({ command: 'help', of: ['secret'] })
    expect(command('secret', 'get', '-h')).toEqual({ command: 'help', of: ['secret', 'get'] })
  })

  it.each([
    [['secret']],
    [['secret', 'frobnicate']],
    [['secret', 'get']],
    [['secret', 'get', 'a', 'b']],
    [['secret', 'get', 'a', '--stage', 'S', '--version', 'v']],
    [['secret', 'get', 'a', '--json', '--field', 'f']],
    [['secret', 'get', 'a', '-o', 'x', '--out', 'y']],
    [['secret', 'put', 'a', 'the value']],
    [['secret', 'put', 'a', '--stages', 'a,']],
    [['secret', 'put', 'a', '--field', 'f', '--binary']],
    [['secret', 'put', 'a', '--field', 'f', '--version-id', 'v']],
    [['secret', 'put', 'a', '--key', 'k']],
    [['secret', 'put', 'a', '--create', '--template', 'login']],
    [['secret', 'put', 'a', '--create', '--field', 'f', '--template', 'none']],
    [['secret', 'stage', 'a', 'S']],
    [['secret', 'stage', 'a', '--move-to', 'v']],
    [['secret', 'rotate', 'a', '--retry', '--roll-back']],
    [['secret', 'delete', 'a', '--days', '6']],
    [['secret', 'delete', 'a', '--days', '31']],
    [['secret', 'delete', 'a', '--days', '7', '--force']],
    [['secret', 'import']],
    [['secret', 'import', 'f', '--format', 'xml']],
    [['secret', 'export', '-o', 'x']],
    [['secret', 'export', '--format', 'kdbx']],
    [['secret', 'export', '--format', 'kdbx', '-o', '-']],
    [['secret', 'export', '--format', 'env', '-o', 'x']],
    [['secret', 'export', '--format', 'kdbx', '-o', 'x', '--plain']],
  ])('refuses %j', (argv) => {
    expect(() => parseArguments(argv)).toThrow(UsageError)
  })
})
