import { describe, expect, it } from 'vitest'
import { FreeNames, nameOf } from '../../../../src-main/secrets/exchange/names'
import { secretLimits, secretNameProblem } from '../../../../src-shared/model/secrets'

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
        const names = new FreeNames(secretLimits.nameChars)
        for (let number = 0; number < 3; number += 1) expect(secretNameProblem(names.take(name))).toBeNull()
      }
    }
  })

  it('get a number where they are taken', () => {
    const taken = new Set(['a', 'a-2', 'a-5'])
    const names = new FreeNames(20, (name) => taken.has(name))
    expect(['a', 'b', 'a', 'a', 'b', 'a-3', 'b-2'].map((name) => names.take(name))).toEqual(['a-3', 'b', 'a-4', 'a-6', 'b-2', 'a-3-2', 'b-2-2'])
  })

  it('have the number before their ending, and stay within their length', () => {
    const names = new FreeNames(20)
    expect([1, 2].map(() => names.take('readme', '.txt'))).toEqual(['readme.txt', 'readme-2.txt'])
    expect(names.take('readme')).toBe('readme')
    expect([1, 2].map(() => names.take('x'.repeat(16), '.txt'))).toEqual([`${'x'.repeat(16)}.txt`, `${'x'.repeat(8)}-2.txt`])
  })

  it('are found in as many steps as there are names, however many are the same', () => {
    let steps = 0
    const names = new FreeNames(secretLimits.nameChars, () => {
      steps += 1
      return false
    })
    for (let count = 0; count < 50_000; count += 1) names.take('unnamed')
    expect(names.take('unnamed')).toBe('unnamed-50001')
    expect(steps).toBeLessThan(150_000)
  })
})
