import { createHash, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { importRsaPrivateKey, rsaOaepDecrypt, rsaOaepEncrypt, type OaepHash } from '../../../src-main/crypto/rsa'
import { signRsaPkcs1, verifyRsaPkcs1, verifyRsaPss } from '../../../src-main/crypto/rsa-signature'
import { disagreements, fromHex, toHex, wycheproofCases, type WycheproofCase } from '../../support/wycheproof'

type DecryptCase = WycheproofCase<'privateKeyPkcs8' | 'msg' | 'ct' | 'label'>
type VerifyCase = WycheproofCase<'publicKeyAsn' | 'msg' | 'sig'>
type SignCase = WycheproofCase<'privateKeyPkcs8' | 'sha' | 'msg' | 'sig'>

const decryptCases = (file: string): DecryptCase[] => wycheproofCases<'privateKeyPkcs8' | 'msg' | 'ct' | 'label'>(file)
const verifyCases = (file: string): VerifyCase[] => wycheproofCases<'publicKeyAsn' | 'msg' | 'sig'>(file)

/** SPKI of the RSAPublicKey (RFC 8017 A.1.1) in a file: one of them names PSS parameters around the key, which have no place here. */
function spkiOf(pkcs1Hex: string): Uint8Array {
  return createPublicKey({ key: Buffer.from(pkcs1Hex, 'hex'), format: 'der', type: 'pkcs1' }).export({ format: 'der', type: 'spki' })
}

function sha256(messageHex: string): Uint8Array {
  return createHash('sha256').update(messageHex, 'hex').digest()
}

function decrypt(test: DecryptCase, hash: OaepHash): string | null {
  return toHex(rsaOaepDecrypt(fromHex(test.privateKeyPkcs8), fromHex(test.ct), hash, fromHex(test.label ?? '')))
}

describe.each([
  ['rsa_oaep_2048_sha1_mgf1sha1', 'sha1', 36, 17],
  ['rsa_oaep_2048_sha256_mgf1sha256', 'sha256', 37, 18],
  ['rsa_oaep_3072_sha256_mgf1sha256', 'sha256', 37, 18],
] as const)('%s', (file, hash, count, validCount) => {
  const cases = decryptCases(file)
  const valid = cases.filter((test) => test.result === 'valid')

  it(`decrypts what is valid and refuses what is not, in ${count} tests`, () => {
    expect(cases).toHaveLength(count)
    expect(disagreements(cases, (test) => decrypt(test, hash) === (test.result === 'valid' ? test.msg : null))).toEqual([])
  })

  it(`encrypts the plaintext of ${validCount} valid tests so that it decrypts again`, () => {
    expect(valid).toHaveLength(validCount)
    const again = ({ privateKeyPkcs8, msg }: DecryptCase): string | null => {
      const material = fromHex(privateKeyPkcs8)
      return toHex(rsaOaepDecrypt(material, rsaOaepEncrypt(createPublicKey(importRsaPrivateKey(material)), fromHex(msg), hash), hash))
    }
    expect(disagreements(valid, (test) => again(test) === test.msg)).toEqual([])
  })
})

describe.each([
  ['rsa_oaep_2048_sha256_mgf1sha1', 31],
  ['rsa_oaep_3072_sha256_mgf1sha1', 32],
  ['rsa_pkcs1_2048', 67],
  ['rsa_pkcs1_3072', 67],
])('%s', (file, count) => {
  it(`is refused by OAEP with SHA-256 and with SHA-1 in all ${count} tests`, () => {
    const cases = decryptCases(file)
    expect(cases).toHaveLength(count)
    expect(disagreements(cases, (test) => decrypt(test, 'sha256') === null && decrypt(test, 'sha1') === null)).toEqual([])
  })
})

describe('rsa_signature_2048_sha256', () => {
  it('agrees in all 259 tests, and refuses the one that leaves out a NULL', () => {
    const cases = verifyCases('rsa_signature_2048_sha256')
    expect(cases).toHaveLength(259)
    expect(cases.filter((test) => test.result === 'acceptable').map((test) => test.tcId)).toEqual([8])
    const verify = ({ publicKeyAsn, msg, sig }: VerifyCase): boolean => verifyRsaPkcs1(spkiOf(publicKeyAsn), sha256(msg), fromHex(sig))
    expect(disagreements(cases, (test) => verify(test) === (test.result === 'valid'))).toEqual([])
  })
})

describe.each([
  ['rsa_pkcs1_2048_sig_gen', 43, 10],
  ['rsa_pkcs1_3072_sig_gen', 26, 9],
])('%s', (file, count, sha256Count) => {
  const cases: SignCase[] = wycheproofCases<'privateKeyPkcs8' | 'sha' | 'msg' | 'sig'>(file)
  const offered = cases.filter((test) => test.sha === 'SHA-256')
  const others = cases.filter((test) => test.sha !== 'SHA-256')

  it(`gives the signatures of ${sha256Count} tests with SHA-256, which verify`, () => {
    expect([cases.length, offered.length]).toEqual([count, sha256Count])
    const agrees = ({ privateKeyPkcs8, msg, sig }: SignCase): boolean => {
      const material = fromHex(privateKeyPkcs8)
      const isSame = toHex(signRsaPkcs1(material, sha256(msg))) === sig
      return isSame && verifyRsaPkcs1(createPublicKey(importRsaPrivateKey(material)), sha256(msg), fromHex(sig))
    }
    expect(disagreements(offered, agrees)).toEqual([])
  })

  it(`takes no digest of another hash, in the other ${count - sha256Count} tests`, () => {
    expect(others).toHaveLength(count - sha256Count)
    for (const { privateKeyPkcs8, sha, msg } of others) {
      const digest = createHash(sha.replace('-', '')).update(msg, 'hex').digest()
      expect(() => signRsaPkcs1(fromHex(privateKeyPkcs8), digest)).toThrow(RangeError)
    }
  })
})

describe.each([
  ['rsa_pss_2048_sha256_mgf1_0', 103, 0],
  ['rsa_pss_2048_sha256_mgf1_32', 108, 32],
  ['rsa_pss_2048_sha256_mgf1_32_params', 108, 32],
  ['rsa_pss_3072_sha256_mgf1_32', 108, 32],
])('%s', (file, count, saltBytes) => {
  it(`agrees in all ${count} tests`, () => {
    const cases = verifyCases(file)
    expect(cases).toHaveLength(count)
    const verify = ({ publicKeyAsn, msg, sig }: VerifyCase): boolean =>
      verifyRsaPss(spkiOf(publicKeyAsn), sha256(msg), fromHex(sig), saltBytes)
    expect(disagreements(cases, (test) => verify(test) === (test.result === 'valid'))).toEqual([])
  })
})
