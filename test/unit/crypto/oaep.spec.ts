import { constants, createPrivateKey, privateDecrypt, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { unpadOaep } from '../../../src-main/crypto/oaep'
import { disagreements, fromHex, toHex, wycheproofCases } from '../../support/wycheproof'

/** What a device does without padding; null for a number that is too large or too long, which it refuses. */
function bareDecrypt(key: KeyObject, ciphertext: Uint8Array): Uint8Array | null {
  if (ciphertext.length * 8 !== key.asymmetricKeyDetails?.modulusLength) return null
  try {
    return privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext)
  } catch {
    return null
  }
}

type OaepCase = 'privateKeyPkcs8' | 'ct' | 'msg' | 'label'

describe('taking the padding of OAEP off', () => {
  it.each([
    ['rsa_oaep_2048_sha1_mgf1sha1', 'sha1'],
    ['rsa_oaep_2048_sha256_mgf1sha256', 'sha256'],
    ['rsa_oaep_3072_sha256_mgf1sha256', 'sha256'],
  ] as const)('agrees with %s', (name, hash) => {
    const wrong = disagreements(wycheproofCases<OaepCase>(name), ({ privateKeyPkcs8, ct, msg, label, result }) => {
      const key = createPrivateKey({ key: Buffer.from(privateKeyPkcs8, 'hex'), format: 'der', type: 'pkcs8' })
      const block = bareDecrypt(key, fromHex(ct))
      if (!block) return result === 'invalid'
      return toHex(unpadOaep(block, hash, fromHex(label))) === (result === 'valid' ? msg : null)
    })
    expect(wrong).toEqual([])
  })

  it('refuses blocks that are too short for their hash', () => {
    expect(unpadOaep(new Uint8Array(41), 'sha1')).toBeNull()
  })
})
