import { describe, expect, it } from 'vitest'
import { decryptedName, encryptedName, looksEncrypted, numberedName } from '../../../src-main/files/output-names'

describe('names of outputs', () => {
  it('go there and back', () => {
    for (const name of ['report.pdf', '.env', 'no ending', 'a.tar.gz', '报告.docx', 'x.keystead']) expect(decryptedName(encryptedName(name))).toBe(name)
  })

  it.each([
    ['report.pdf', false],
    ['report.pdf.keystead', true],
    ['REPORT.PDF.KEYSTEAD', true],
    ['.keystead', false],
  ])('%s looks encrypted: %s', (name, expected) => {
    expect(looksEncrypted(name)).toBe(expected)
    expect(decryptedName(name)).toBe(expected ? name.slice(0, -9) : `${name}.decrypted`)
  })

  it.each([
    ['report.pdf', 'report (2).pdf'],
    ['report.pdf.keystead', 'report (2).pdf.keystead'],
    ['.env', '.env (2)'],
    ['plain', 'plain (2)'],
  ])('%s is numbered as %s', (name, expected) => {
    expect(numberedName(name, 2)).toBe(expected)
  })
})
