import { describe, expect, it } from 'vitest'
import { SignatureCheck } from '../../../../src-main/files/codec/signature'
import { isKmsError } from '../../../../src-shared/errors'
import { fromHex, wycheproofCases, type WycheproofCase } from '../../../support/wycheproof'

type EcdsaCase = WycheproofCase<'msg' | 'sig'> & { publicKey: { uncompressed: string } }

/** The form in which a signed message carries its key: Base64 of the compressed point. */
function compressed(uncompressed: string): string {
  const point = Buffer.from(uncompressed, 'hex')
  const isOdd = ((point.at(-1) ?? 0) & 1) === 1
  return Buffer.concat([Buffer.from([isOdd ? 3 : 2]), point.subarray(1, 49)]).toString('base64')
}

function accepts({ publicKey, msg, sig }: EcdsaCase): boolean {
  const check = new SignatureCheck({ context: { 'aws-crypto-public-key': compressed(publicKey.uncompressed) } })
  check.update(fromHex(msg))
  try {
    check.verify(fromHex(sig))
    return true
  } catch (error) {
    if (isKmsError(error, 'FILE_TAMPERED')) return false
    throw error
  }
}

describe('Wycheproof', () => {
  const cases = wycheproofCases<'msg' | 'sig'>('ecdsa_secp384r1_sha384') as EcdsaCase[]

  it('has 504 tests of ECDSA P-384 with SHA-384, and all agree', () => {
    expect(cases).toHaveLength(504)
    expect(cases.filter((test) => accepts(test) !== (test.result === 'valid')).map(({ tcId }) => tcId)).toEqual([])
  })
})
