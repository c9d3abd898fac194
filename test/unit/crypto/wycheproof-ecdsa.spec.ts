import { createHash } from 'node:crypto'
import { DER } from '@noble/curves/abstract/weierstrass.js'
import { describe, expect, it } from 'vitest'
import { verifyEcdsa, type EcdsaCurve } from '../../../src-main/crypto/ecdsa'
import { disagreements, fromHex, wycheproofCases, type WycheproofCase } from '../../support/wycheproof'

type VerifyCase = WycheproofCase<'publicKeyDer' | 'msg' | 'sig'>

const casesOf = (file: string): VerifyCase[] => wycheproofCases<'publicKeyDer' | 'msg' | 'sig'>(file)

function verifies(curve: EcdsaCurve, hash: string, { publicKeyDer, msg }: VerifyCase, signature: Uint8Array): boolean {
  return verifyEcdsa(curve, fromHex(publicKeyDer), createHash(hash).update(msg, 'hex').digest(), signature)
}

describe.each([
  ['ecdsa_secp256r1_sha256', 'P-256', 'sha256', 484],
  ['ecdsa_secp256k1_sha256', 'secp256k1', 'sha256', 476],
  ['ecdsa_secp384r1_sha384', 'P-384', 'sha384', 504],
] as const)('%s', (file, curve, hash, count) => {
  it(`agrees in all ${count} tests`, () => {
    const cases = casesOf(file)
    expect(cases).toHaveLength(count)
    expect(disagreements(cases, (test) => verifies(curve, hash, test, fromHex(test.sig)) === (test.result === 'valid'))).toEqual([])
  })
})

describe('ecdsa_secp256k1_sha256_p1363', () => {
  const cases = casesOf('ecdsa_secp256k1_sha256_p1363')
  const whole = cases.filter((test) => test.sig.length === 128)

  it('is refused in all 252 tests as it is, because r and s without DER around them are no signature here', () => {
    expect(cases).toHaveLength(252)
    expect(disagreements(cases, (test) => !verifies('secp256k1', 'sha256', test, fromHex(test.sig)))).toEqual([])
  })

  it('agrees in the 234 tests with 64 bytes once r and s are put into DER', () => {
    expect(whole).toHaveLength(234)
    expect(cases.filter((test) => !whole.includes(test) && test.result === 'valid')).toEqual([])
    const der = (sig: string): Uint8Array =>
      fromHex(DER.hexFromSig({ r: BigInt(`0x${sig.slice(0, 64)}`), s: BigInt(`0x${sig.slice(64)}`) }))
    expect(disagreements(whole, (test) => verifies('secp256k1', 'sha256', test, der(test.sig)) === (test.result === 'valid'))).toEqual([])
  })
})
