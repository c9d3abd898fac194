import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { pemOf } from '../../../src-renderer/composables/pem'
import { importWrappings, materialLine, wrapLine } from '../../../src-renderer/features/keys/import/import-lines'
import { dayOf, endOfDay } from '../../../src-renderer/composables/local-day'
import { tokenOf, tokenText } from '../../../src-renderer/features/keys/import/token-text'
import { importWrappingAlgorithms } from '../../../src-shared/model/keys'

describe('the lines that wrap key material', () => {
  it('exist for every algorithm; only PKCS#1 v1.5 is refused', () => {
    expect(importWrappings.map(({ algorithm }) => algorithm).toSorted()).toEqual([...importWrappingAlgorithms].toSorted())
    expect(importWrappings.filter(({ isRefused }) => isRefused).map(({ algorithm }) => algorithm)).toEqual(['RSAES_PKCS1_V1_5'])
    expect(wrapLine('RSAES_OAEP_SHA_256')).toBe(
      'openssl pkeyutl -encrypt -pubin -inkey wrapping-key.pem -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 -in material.bin -out wrapped.bin',
    )
    expect(wrapLine('SM2PKE')).toBe('openssl pkeyutl -encrypt -pubin -inkey wrapping-key.pem -in material.bin -out wrapped.bin')
    expect(materialLine(16)).toBe('openssl rand -out material.bin 16')
  })

  it('come with a public key that others read', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const der = publicKey.export({ format: 'der', type: 'spki' })
    const pem = pemOf('PUBLIC KEY', der)
    expect(pem).toBe(publicKey.export({ format: 'pem', type: 'spki' }))
    expect(createPublicKey(pem).equals(publicKey)).toBe(true)
  })
})

describe('import tokens in files', () => {
  it('are Base64 text, and read back from text and from bytes', () => {
    const token = Uint8Array.from({ length: 180 }, (_, index) => index + 60)
    expect(new TextDecoder().decode(tokenText(token))).toBe(`${Buffer.from(token).toString('base64')}\n`)
    expect(tokenOf(tokenText(token))).toEqual(token)
    expect(tokenOf(token)).toEqual(token)
  })
})

describe('the last day of imported material', () => {
  const noon = new Date(2026, 2, 14, 12).getTime()

  it('ends with the day, here', () => {
    expect(endOfDay('2026-03-14', noon)).toBe(Math.floor(new Date(2026, 2, 14, 23, 59, 59).getTime() / 1000))
    expect(dayOf(noon)).toBe('2026-03-14')
    expect(endOfDay(dayOf(noon), noon)).not.toBeNull()
  })

  it.each(['2026-03-13', '', '2026-13-01', '14.3.2026', '2026-3-14'])('is refused as %j', (day) => {
    expect(endOfDay(day, noon)).toBeNull()
  })
})
