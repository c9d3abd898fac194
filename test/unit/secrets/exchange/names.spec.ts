import { describe, expect, it } from 'vitest'
import { freeName, nameOf } from '../../../../src-main/secrets/exchange/names'
import { secretNameProblem } from '../../../../src-shared/model/secrets'

describe('names of imported secrets', () => {
  it.each([
    [['', [], 'forum', ''], 'forum', false],
    [['', ['work', 'shops'], 'forum', ''], 'work/shops/forum', false],
    [['old', ['work'], 'forum', ''], 'old/work/forum', false],
    [['', [], 'My Bank  Account', ''], 'My-Bank-Account', false],
    [['', ['Données'], 'Bücher & Café', ''], 'Donnees/Bucher-Cafe', true],
    [['', [], 'Straße/Łódź', ''], 'Strasse-Lodz', true],
    [['', [], '微信', 'wx.example.org'], 'wx.example.org', true],
    [['', ['微信'], '微信', '微信'], 'unnamed', true],
    [['', [], '', ''], 'unnamed', true],
    [['', ['', ' '], 'a', ''], 'a', true],
    [['', ['..'], '.', ''], '../.', false],
    [['', ['acs'], 'x', ''], 'acs-/x', true],
    [['', [], '🔑 key', ''], 'key', true],
    [['', [], 'ﬁle №1', ''], 'file-No1', true],
    [['', [], '-', ''], 'unnamed', true],
    [['', [], 'a@b.c+d=e_f', ''], 'a@b.c+d=e_f', false],
  ] as const)('%j is %s', ([base, folders, title, other], name, isChanged) => {
    expect(nameOf(base, folders, title, other)).toEqual({ name, isChanged })
    expect(secretNameProblem(name)).toBeNull()
  })

  it('fit, whatever their length', () => {
    for (const length of [1, 59, 60, 61, 120, 121, 500]) {
      const text = 'x'.repeat(length)
      for (const base of ['', 'b'.repeat(120)]) {
        const { name } = nameOf(base, [text, text, text, text], text, '')
        expect(secretNameProblem(name)).toBeNull()
        expect(name.startsWith(base)).toBe(true)
        expect(name.endsWith('x')).toBe(true)
        expect(secretNameProblem(freeName(name, (one) => one.length < name.length + 2 || one === name))).toBeNull()
      }
    }
  })

  it('get a number where they are taken', () => {
    const taken = new Set(['a', 'a-2'])
    expect(freeName('a', (name) => taken.has(name))).toBe('a-3')
    expect(freeName('b', (name) => taken.has(name))).toBe('b')
  })
})
