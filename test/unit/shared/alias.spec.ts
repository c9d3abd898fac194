import { describe, expect, it } from 'vitest'
import { aliasProblem, bareAlias } from '../../../src-shared/model/alias'

describe('alias grammar', () => {
  it.each(['alias/a', 'alias/my-app/prod_2', 'alias/ABC/def', 'alias/ac', 'alias/ACS', 'alias/-', `alias/${'x'.repeat(255)}`])('allows %s', (name) => {
    expect(aliasProblem(name)).toBeNull()
  })

  it.each([
    ['', 'begin'],
    ['my-key', 'begin'],
    ['Alias/x', 'begin'],
    ['alias', 'begin'],
    [' alias/x', 'begin'],
    ['alias/', 'name after'],
    [`alias/${'x'.repeat(256)}`, '255'],
    ['alias/a b', 'only'],
    ['alias/a.b', 'only'],
    ['alias/a:b', 'only'],
    ['alias/ключ', 'only'],
    ['alias/密钥', 'only'],
    ['alias/a\n', 'only'],
    ['alias/a\u202eb', 'only'],
    ['alias/acs', 'reserved'],
    ['alias/acs/oss', 'reserved'],
    ['alias/acsomething', 'reserved'],
  ])('refuses %j', (name, phrase) => {
    expect(aliasProblem(name)).toContain(phrase)
  })

  it('shows names without their prefix', () => {
    expect(bareAlias('alias/alias/x')).toBe('alias/x')
    expect(bareAlias('x')).toBe('x')
  })
})
