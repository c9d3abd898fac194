import { expect, it } from 'vitest'
import { disagreements, fromHex, toHex, wycheproofCases, type WycheproofCase } from './wycheproof'

type GcmCase = WycheproofCase<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag'>

interface GcmCipher {
  encrypt: (key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array) => { ciphertext: Uint8Array; tag: Uint8Array }
  decrypt: (key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array, aad: Uint8Array) => Uint8Array | null
}

/** Tests a cipher in both directions with a Wycheproof file, which holds so many tests with an IV of 96 bits and of others. */
export function testGcmCases(file: string, cipher: GcmCipher, counts: { usual: number; unusual: number }): void {
  const cases = wycheproofCases<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag'>(file)
  const usual = cases.filter((test) => test.ivSize === 96)
  const unusual = cases.filter((test) => test.ivSize !== 96)
  const decrypt = (test: GcmCase) => cipher.decrypt(fromHex(test.key), fromHex(test.iv), fromHex(test.ct), fromHex(test.tag), fromHex(test.aad))
  const encrypt = (test: GcmCase) => cipher.encrypt(fromHex(test.key), fromHex(test.iv), fromHex(test.msg), fromHex(test.aad))
  const encryptsAsWritten = (test: GcmCase): boolean => {
    const { ciphertext, tag } = encrypt(test)
    return toHex(ciphertext) === test.ct && toHex(tag) === test.tag
  }

  it(`reads all ${counts.usual + counts.unusual} Wycheproof tests`, () => {
    expect([usual.length, unusual.length]).toEqual([counts.usual, counts.unusual])
  })

  it(`decrypts what is valid and refuses what is not, in ${counts.usual} tests with a 96-bit IV`, () => {
    expect(disagreements(usual, (test) => toHex(decrypt(test)) === (test.result === 'valid' ? test.msg : null))).toEqual([])
  })

  it(`encrypts to the same bytes exactly when the test is valid, in ${counts.usual} tests with a 96-bit IV`, () => {
    expect(disagreements(usual, (test) => encryptsAsWritten(test) === (test.result === 'valid'))).toEqual([])
  })

  it(`refuses both directions in ${counts.unusual} tests with another IV length`, () => {
    expect(disagreements(unusual, (test) => throwsRangeError(() => encrypt(test)) && throwsRangeError(() => decrypt(test)))).toEqual([])
  })
}

function throwsRangeError(work: () => unknown): boolean {
  try {
    work()
    return false
  } catch (error) {
    return error instanceof RangeError
  }
}
