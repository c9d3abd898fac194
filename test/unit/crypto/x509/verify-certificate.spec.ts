import { constants, generateKeyPairSync, sign as signWith } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { explicit, nullValue, oid, sequence, smallInteger } from '../../../../src-main/crypto/key-formats/der'
import { buildSelfSigned } from '../../../../src-main/crypto/x509/build-certificate'
import { parseCertificate, type ParsedCertificate } from '../../../../src-main/crypto/x509/parse-certificate'
import { isIssuedBy } from '../../../../src-main/crypto/x509/verify-certificate'
import { flipped } from '../../../support/flipped'
import { algorithmOf, issue, nameOf, newAuthority, type Signer } from '../../../support/test-authority'
import { algorithmsBySpec, newKey } from './support'

const subject = nameOf('CN=example.org')
const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2046-01-01T00:00:00Z') }

function parsed(der: Uint8Array): ParsedCertificate {
  const certificate = parseCertificate(der)
  if (!certificate) throw new Error('not read')
  return certificate
}

describe.each(algorithmsBySpec)('%s with %s', (keySpec, algorithm) => {
  it('has issued what its key has signed, and nothing else', async () => {
    const [key, other] = [await newKey(keySpec), await newKey('EC_P256')]
    const request = { subject, alternativeNames: null, algorithm, keyUsages: ['keyCertSign'], isCa: true, ...validity } as const
    const own = await buildSelfSigned({ ...request, publicKey: key.publicKey, sign: key.sign })
    expect(isIssuedBy(parsed(own), parsed(own))).toBe(true)
    expect(isIssuedBy(parsed(flipped(own, -1)), parsed(own))).toBe(false)
    const namesake = await newAuthority('EC_P256', 'CN=example.org')
    expect(isIssuedBy(parsed(own), parsed(namesake.certificate))).toBe(false)
    const child = await issue(namesake, { name: nameOf('CN=child'), publicKey: other.publicKey })
    expect([isIssuedBy(parsed(child), parsed(namesake.certificate)), isIssuedBy(parsed(child), parsed(own))]).toEqual([true, false])
  })
})

const sha = { sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3', sha1: '1.3.14.3.2.26' } as const
const pssOf = (hash: keyof typeof sha, salt: number | null) => {
  const digest = sequence(oid(sha[hash]), nullValue)
  const parts = [explicit(0, digest), explicit(1, sequence(oid('1.2.840.113549.1.1.8'), digest))]
  return algorithmOf('1.2.840.113549.1.1.10', sequence(...parts, ...(salt === null ? [] : [explicit(2, smallInteger(salt))])))
}

describe('certificates of other authorities', () => {
  const pairs = {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    p521: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  }
  let publicKey: Uint8Array
  const pkcs1 = (last: number) => algorithmOf(`1.2.840.113549.1.1.${last}`, nullValue)
  const ecdsa = (last: number) => algorithmOf(`1.2.840.10045.4.3.${last}`)

  beforeAll(async () => {
    ;({ publicKey } = await newKey('Ed25519'))
  })

  const cases: [string, keyof typeof pairs, keyof typeof sha, Signer['algorithm'], number | null, boolean][] = [
    ['RSA with SHA-384', 'rsa', 'sha384', pkcs1(12), null, true],
    ['RSA with SHA-512', 'rsa', 'sha512', pkcs1(13), null, true],
    ['RSA with SHA-1, which is not taken', 'rsa', 'sha1', pkcs1(5), null, false],
    ['RSA that says another hash', 'rsa', 'sha384', pkcs1(13), null, false],
    ['PSS with SHA-384', 'rsa', 'sha384', pssOf('sha384', 48), 48, true],
    ['PSS with SHA-512 and a short salt', 'rsa', 'sha512', pssOf('sha512', 20), 20, true],
    ['PSS with the salt that goes without saying', 'rsa', 'sha256', pssOf('sha256', null), 20, true],
    ['PSS that says another salt', 'rsa', 'sha256', pssOf('sha256', 32), 20, false],
    ['PSS with SHA-1, which is not taken', 'rsa', 'sha1', pssOf('sha1', 20), 20, false],
    ['P-256 with SHA-512', 'p256', 'sha512', ecdsa(4), null, true],
    ['P-384 with SHA-256', 'p384', 'sha256', ecdsa(2), null, true],
    ['P-521 with SHA-512', 'p521', 'sha512', ecdsa(4), null, true],
    ['ECDSA that says RSA', 'p256', 'sha256', pkcs1(11), null, false],
    ['RSA that says ECDSA', 'rsa', 'sha256', ecdsa(2), null, false],
  ]
  it.each(cases)('are verified: %s', async (_name, pair, hash, algorithm, salt, isTaken) => {
    const { privateKey: key, publicKey: own } = pairs[pair]
    const padding = salt === null ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt }
    const name = nameOf('CN=Authority')
    const signer: Signer = { name, algorithm, sign: (bytes) => Uint8Array.from(signWith(hash, bytes, { key, ...padding })) }
    const issuer = parsed(await issue(signer, { name, publicKey: Uint8Array.from(own.export({ format: 'der', type: 'spki' })), isCa: true }))
    const child = await issue(signer, { name: nameOf('CN=child'), publicKey })
    expect([isIssuedBy(parsed(child), issuer), isIssuedBy(issuer, issuer), isIssuedBy(issuer, parsed(child))]).toEqual([isTaken, isTaken, false])
    expect(isIssuedBy(parsed(flipped(child, -1)), issuer)).toBe(false)
  })

  it('are refused when they name two algorithms', async () => {
    const authority = await newAuthority('EC_P256', 'CN=Authority')
    const child = await issue(authority, { name: subject, publicKey, innerAlgorithm: ecdsa(3) })
    expect(isIssuedBy(parsed(child), parsed(authority.certificate))).toBe(false)
  })
})
