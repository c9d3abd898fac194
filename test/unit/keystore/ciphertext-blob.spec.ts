import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blobAlgorithms, encodeBlob, encodeBlobHeader, parseBlob } from '../../../src-main/keystore/ciphertext-blob'
import { newKeyId, newKeyVersionId } from '../../../src-main/keystore/key-ids'

const keyId = 'key-abcdefghijklmnopqrstuvwx'
const keyVersionId = `${keyId}-0123456789`
const header = encodeBlobHeader({ keyId, keyVersionId, algorithm: blobAlgorithms.aes256Gcm })
const nonce = new Uint8Array(12).fill(0x11)
const tag = new Uint8Array(16).fill(0x33)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const ascii = (text: string) => Buffer.from(text, 'latin1').toString('hex')

describe('ciphertext blob', () => {
  it('has the documented layout, byte by byte', () => {
    const blob = encodeBlob(header, nonce, Uint8Array.of(0x22), tag)
    const fields = `4b534342${'01'}1c${ascii(keyId)}27${ascii(keyVersionId)}0001`
    expect(hex(blob)).toBe(`${fields}${'0d3632ad'}${'11'.repeat(12)}22${'33'.repeat(16)}`)
  })

  it('reads what it writes', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(bytes, fc.uint8Array({ minLength: 12, maxLength: 12 }), fc.uint8Array({ minLength: 16, maxLength: 16 }), (ciphertext, iv, mac) => {
        const id = newKeyId()
        const versionId = newKeyVersionId(id)
        const own = encodeBlobHeader({ keyId: id, keyVersionId: versionId, algorithm: blobAlgorithms.aes256Gcm })
        const parsed = parseBlob(encodeBlob(own, iv, ciphertext, mac))
        expect(parsed).toEqual({ keyId: id, keyVersionId: versionId, algorithm: 1, header: own, nonce: iv, ciphertext, tag: mac })
      }),
    )
  })

  it('refuses every shorter blob and every changed header byte', () => {
    const blob = encodeBlob(header, nonce, Uint8Array.of(0x22), tag)
    for (let length = 0; length < blob.length; length++) expect(parseBlob(blob.subarray(0, length))).toBeNull()
    for (let at = 0; at < header.length; at++) {
      for (let value = 1; value < 256; value++) {
        const changed = blob.slice()
        changed[at] = (changed[at] ?? 0) ^ value
        expect(parseBlob(changed)).toBeNull()
      }
    }
  })

  it.each([
    ['a key id of another form', { keyId: 'key-UPPERCASEUPPERCASE1', keyVersionId: 'key-UPPERCASEUPPERCASE1-abcdefgh', algorithm: 1 }],
    ['a version of another key', { keyId, keyVersionId: 'key-zbcdefghijklmnopqrstuvwx-0123456789', algorithm: 1 }],
    ['a version without suffix', { keyId, keyVersionId: keyId, algorithm: 1 }],
    ['an unknown algorithm', { keyId, keyVersionId, algorithm: 5 }],
    ['the algorithm 0', { keyId, keyVersionId, algorithm: 0 }],
  ])('refuses %s although the checksum fits', (_name, fields) => {
    expect(parseBlob(encodeBlob(encodeBlobHeader(fields), nonce, Uint8Array.of(1), tag))).toBeNull()
  })

  it('refuses more than a blob can be', () => {
    expect(parseBlob(encodeBlob(header, nonce, randomBytes(9000), tag))).toBeNull()
  })

  it('never throws on foreign bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(header.length), (noise, kept) => {
        expect(parseBlob(Buffer.concat([header.subarray(0, kept), noise]))).toSatisfy((blob) => blob === null || kept === header.length)
      }),
    )
  })
})
