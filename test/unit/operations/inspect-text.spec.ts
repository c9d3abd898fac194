import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src-main/crypto/bytes'
import { decodeText } from '../../../src-main/operations/inspection/decode-text'
import { recognise } from '../../../src-main/operations/inspection/recognise'
import { vector } from '../crypto/key-formats/support'
import { copiesOf, turned } from '../../support/process-memory'

describe('text that is dropped on the inspector', () => {
  it('is decoded from hexadecimal digits of both cases', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const hex = Buffer.from(bytes).toString('hex')
    for (const text of [hex, hex.toUpperCase()]) expect(decodeText(utf8(text))).toEqual({ encoding: 'hexadecimal', bytes })
  })

  it('with a private key beside its certificate is a private key', async () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'
    const { kind } = await recognise(utf8(certificate + new TextDecoder().decode(vector('ec_p256.pem'))))
    expect(kind).toBe('private-key')
  })

  it.each(['ec_p256.pem', 'rsa_3072.pem', 'ec_p256k.pem'])('leaves no further copy of the private key of %s behind', async (file) => {
    const pem = vector(file)
    const needle = turned(pem.subarray(60, 110))
    const before = copiesOf(needle)
    expect((await recognise(pem)).kind).toBe('private-key')
    expect(copiesOf(needle)).toBeLessThanOrEqual(before)
  })
})
