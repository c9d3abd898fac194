import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../../src-main/crypto/bytes'
import { toPem } from '../../../../src-main/crypto/spki'
import { parseAlternativeNames } from '../../../../src-main/crypto/x509/alternative-names'
import { buildSelfSigned, type SelfSignedRequest } from '../../../../src-main/crypto/x509/build-certificate'
import { buildCsr } from '../../../../src-main/crypto/x509/build-csr'
import { isIssuedFor, maxCertificateBytes, parseCertificate } from '../../../../src-main/crypto/x509/parse-certificate'
import { parseCsr } from '../../../../src-main/crypto/x509/parse-csr'
import { parseSubject } from '../../../../src-main/crypto/x509/subject'
import { pemVector, vector } from '../key-formats/support'
import { algorithmsBySpec, newKey, valueOrThrow, type TestKey } from './support'

const subject = valueOrThrow(parseSubject('CN=example.org,O=Example,OU=钥匙,C=CN'))
const entries = ['dns:example.org', 'ip:2001:db8::1', 'email:a@example.org', 'uri:https://example.org/']
const alternativeNames = valueOrThrow(parseAlternativeNames(entries))
const [notBefore, notAfter] = [new Date('2026-01-02T03:04:05Z'), new Date('2056-01-02T03:04:05Z')]

const requestOf = (key: TestKey, algorithm: SelfSignedRequest['algorithm']): SelfSignedRequest => {
  const asked = { subject, alternativeNames, notBefore, notAfter, keyUsages: ['digitalSignature', 'keyCertSign'], isCa: true } as const
  return { ...asked, publicKey: key.publicKey, algorithm, sign: key.sign }
}
const shownAlgorithm = (algorithm: string) => (algorithm === 'RSA_PSS_SHA_256' ? 'RSA_PSS' : algorithm)

describe.each(algorithmsBySpec)('%s with %s', (keySpec, algorithm) => {
  it('makes a request that says what was asked', async () => {
    const key = await newKey(keySpec)
    const der = await buildCsr({ subject, alternativeNames, publicKey: key.publicKey, algorithm, sign: key.sign })
    const asked = { subject: 'CN=example.org,O=Example,OU=钥匙,C=CN', publicKey: key.publicKey, keySpec, alternativeNames: entries }
    const expected = { der, ...asked, signatureAlgorithm: shownAlgorithm(algorithm) }
    expect(parseCsr(der)).toEqual(expected)
    expect(parseCsr(utf8(toPem('CERTIFICATE REQUEST', der)))).toEqual(expected)
  })

  it('makes a certificate that says what was asked', async () => {
    const key = await newKey(keySpec)
    const der = await buildSelfSigned(requestOf(key, algorithm))
    const certificate = parseCertificate(der)
    expect(certificate).toMatchObject({
      der,
      subject: 'CN=example.org,O=Example,OU=钥匙,C=CN',
      issuer: 'CN=example.org,O=Example,OU=钥匙,C=CN',
      notBefore,
      notAfter,
      publicKey: key.publicKey,
      keySpec,
      alternativeNames: entries,
      keyUsages: ['digitalSignature', 'keyCertSign'],
      extendedKeyUsages: [],
      isCa: true,
      signatureAlgorithm: shownAlgorithm(algorithm),
    })
    expect(certificate?.serialNumber).toMatch(/^[4-7][0-9a-f]{31}$/)
    expect(certificate?.fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(parseCertificate(utf8(toPem('CERTIFICATE', der)))).toEqual(certificate)
  })
})

describe('a certificate', () => {
  it('of OpenSSL is read', () => {
    const certificate = parseCertificate(vector('ec_p256.crt.pem'))
    expect(certificate).toMatchObject({ subject: 'CN=ec_p256.example', keySpec: 'EC_P256', isCa: true, keyUsages: [], signatureAlgorithm: 'ECDSA_SHA_256' })
    expect(certificate?.publicKey).toEqual(vector('ec_p256.spki.der'))
  })

  it('is matched with its key', async () => {
    const [key, other] = [await newKey('EC_P256'), await newKey('EC_P256')]
    const certificate = parseCertificate(await buildSelfSigned(requestOf(key, 'ECDSA_SHA_256')))
    if (certificate === null) throw new Error('not read')
    expect([isIssuedFor(certificate, key.publicKey), isIssuedFor(certificate, other.publicKey)]).toEqual([true, false])
  })

  it('has another serial number each time', async () => {
    const key = await newKey('Ed25519')
    const certificates = await Promise.all(Array.from({ length: 20 }, () => buildSelfSigned(requestOf(key, 'ED25519_SHA_512'))))
    const serials = certificates.map((der) => parseCertificate(der)?.serialNumber)
    expect(new Set(serials).size).toBe(20)
  })

  it('without names and for no authority', async () => {
    const key = await newKey('EC_P256')
    const der = await buildSelfSigned({ ...requestOf(key, 'ECDSA_SHA_256'), alternativeNames: null, keyUsages: ['keyAgreement'], isCa: false })
    expect(parseCertificate(der)).toMatchObject({ alternativeNames: [], keyUsages: ['keyAgreement'], isCa: false })
  })

  it.each([
    ['an algorithm of another key', { algorithm: 'ECDSA_SHA_384' }],
    ['no usage', { keyUsages: [] }],
    ['an end before its begin', { notAfter: notBefore }],
    ['a date that is none', { notAfter: new Date(Number.NaN) }],
    ['a begin before 1950', { notBefore: new Date('1949-12-31T00:00:00Z') }],
    ['an end after 9999', { notAfter: new Date('+010000-01-01T00:00:00Z') }],
    ['what is no public key', { publicKey: new Uint8Array(44) }],
  ] as const)('is not made for %s', async (_name, change) => {
    const key = await newKey('EC_P256')
    await expect(buildSelfSigned({ ...requestOf(key, 'ECDSA_SHA_256'), ...change })).rejects.toThrow(RangeError)
  })
})

describe('bytes that are no certificate', () => {
  const certificate = pemVector('ec_p256.crt.pem')

  it('give null', () => {
    const others = [vector('ec_p256.spki.der'), pemVector('ec_p256.pem'), Uint8Array.from([...certificate, 0])]
    for (const bytes of [...others, new Uint8Array(), utf8('hello'), new Uint8Array(maxCertificateBytes + 1)]) expect([parseCertificate(bytes), parseCsr(bytes)]).toEqual([null, null])
    expect(parseCertificate(utf8('-----BEGIN CERTIFICATE-----\nAAAA\n'))).toBeNull()
  })

  it('give null when they are cut', () => {
    for (let length = 0; length < certificate.length; length++) expect(parseCertificate(certificate.subarray(0, length))).toBeNull()
  })

  it('nested without end give null', () => {
    expect(parseCertificate(new Uint8Array(60_000).fill(0x30))).toBeNull()
  })

  it('give null or a certificate when some are replaced, and never throw', async () => {
    const key = await newKey('EC_P256')
    const csr = await buildCsr({ subject, alternativeNames, publicKey: key.publicKey, algorithm: 'ECDSA_SHA_256', sign: key.sign })
    const own = await buildSelfSigned(requestOf(key, 'ECDSA_SHA_256'))
    const changes = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.constantFrom(certificate, csr, own), changes, (original, list) => {
        const changed = Uint8Array.from(original)
        for (const { at, byte } of list) changed[at % changed.length] = byte
        parseCertificate(changed)
        parseCsr(changed)
      }),
      { numRuns: 1000 },
    )
  })
})
