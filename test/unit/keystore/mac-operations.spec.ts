import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hmacSm3 } from '../../../src-main/crypto/sm3'
import { keySpecInfos, macBytes } from '../../../src-shared/model/key-specs'
import { macKeySpecs } from '../../../src-shared/model/keys'
import { flipped } from '../../support/flipped'
import { bytesOf, openCalls } from '../../support/key-calls'

const message = bytesOf('what is authenticated')
const hashes = { HMAC_SHA_224: 'sha224', HMAC_SHA_256: 'sha256', HMAC_SHA_384: 'sha384', HMAC_SHA_512: 'sha512' } as const

describe.each(macKeySpecs)('%s', (keySpec) => {
  it('makes the whole HMAC under its material, and verifies it', async () => {
    const { call, newKeyOf, records, use } = await openCalls()
    const key = await newKeyOf(keySpec)
    const { mac, ...ids } = await call('generateMac', { keyId: key.keyId, algorithm: keySpec, message })
    const material = ((await records.read('key-material', key.keyVersionId)) ?? new Uint8Array(0)).subarray(1)
    expect([ids, material.length]).toEqual([key, keySpecInfos[keySpec].materialBytes])
    const expected = keySpec === 'HMAC_SM3' ? hmacSm3(material, message) : new Uint8Array(createHmac(hashes[keySpec], material).update(message).digest())
    expect(mac).toEqual(expected)
    expect(mac).toHaveLength(macBytes[keySpec])
    const verifies = async (candidate: Uint8Array, over: Uint8Array = message) => (await call('verifyMac', { keyId: key.keyId, algorithm: keySpec, message: over, mac: candidate })).value
    expect(await verifies(mac)).toBe(true)
    expect(await verifies(mac, flipped(message, 0))).toBe(false)
    for (let at = 0; at < mac.length; at++) expect(await verifies(flipped(mac, at, at % 8))).toBe(false)
    for (const other of [mac.subarray(1), mac.subarray(0, -1), mac.subarray(0, 1), new Uint8Array(64)]) expect(await verifies(other)).toBe(false)
    expect(use.calls[0]).toMatchObject({ resource: key.keyId, code: null })
  })

  it('has no other algorithm', async () => {
    const { codeFor, newKeyOf } = await openCalls()
    const { keyId } = await newKeyOf(keySpec)
    for (const algorithm of macKeySpecs.filter((other) => other !== keySpec)) {
      expect(await codeFor('generateMac', { keyId, algorithm, message })).toBe('INVALID_PARAMETER')
      expect(await codeFor('verifyMac', { keyId, algorithm, message, mac: new Uint8Array(32) })).toBe('INVALID_PARAMETER')
    }
  })
})
