import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src-main/crypto/bytes'
import { bitsOf, readBer, sequenceOf } from '../../../src-main/crypto/key-formats/ber'
import { signingDigestOf } from '../../../src-main/crypto/signing-digest'
import { fromPem, toPem } from '../../../src-main/crypto/spki'
import { parseCertificate } from '../../../src-main/crypto/x509/parse-certificate'
import { parseCsr } from '../../../src-main/crypto/x509/parse-csr'
import { certificateAlgorithms } from '../../../src-main/crypto/x509/signature-algorithms'
import { isIssuedBy } from '../../../src-main/crypto/x509/verify-certificate'
import { PublicKey } from '../../../src-main/keystore/public-keys'
import { verifyWith } from '../../../src-main/keystore/public-key-work'
import { KmsError } from '../../../src-shared/errors'
import { asymmetricKeySpecs } from '../../../src-shared/model/keys'
import { openCalls, type Calls } from '../../support/key-calls'
import { codeOf } from '../../support/keystore-fixture'
import { issue, nameOf, newAuthority, type Authority } from '../../support/test-authority'

const subject = 'CN=example.org,O=Keystead,C=CN'
const subjectAlternativeNames = ['example.org', 'dns:*.example.org', 'ip:2001:db8::1']
const namesShown = ['dns:example.org', 'dns:*.example.org', 'ip:2001:db8::1']

const pem = (...certificates: Uint8Array[]) => certificates.map((der) => toPem('CERTIFICATE', der)).join('')
const derOf = (label: string, text: string) => fromPem(label, text)[0] ?? new Uint8Array(0)
const csrOf = (text: string) => {
  const csr = parseCsr(utf8(text))
  if (!csr) throw new Error('not read')
  return csr
}

/** The certificate that the authority issues for a request, as text. */
async function issuedFor(authority: Authority, csr: string, name = subject): Promise<string> {
  return pem(await issue(authority, { name: nameOf(name), publicKey: csrOf(csr).publicKey }))
}

async function newRequest(calls: Calls) {
  return calls.call('createCertificate', { keySpec: 'EC_P256', subject })
}

describe.each(asymmetricKeySpecs)('with a key of %s', (keySpec) => {
  it('a request is made, answered by an authority, and kept', async () => {
    const { call, relock, keystore } = await openCalls()
    const { certificateId, arn, csr } = await call('createCertificate', { keySpec, subject, subjectAlternativeNames, exportablePrivateKey: false })
    expect(arn).toBe(`acs:kms:local:${keystore.session().records.vaultId}:certificate/${certificateId}`)
    const asked = csrOf(csr)
    expect(asked).toMatchObject({ subject, alternativeNames: namesShown, keySpec })
    const [info, , signature] = sequenceOf(readBer(asked.der))
    const [algorithm] = certificateAlgorithms[keySpec]
    const digest = signingDigestOf(algorithm, asked.publicKey, info?.encoded ?? new Uint8Array(0))
    expect(verifyWith(new PublicKey(asked.publicKey), keySpec, algorithm, digest, bitsOf(signature))).toBe(true)
    const pending = await call('describeCertificate', { certificateId })
    expect(pending).toMatchObject({ status: 'PENDING', subject, subjectAlternativeNames: namesShown, keySpec, exportablePrivateKey: false, isSelfSigned: false })
    expect([pending.issuer, pending.serial, pending.fingerprint, pending.notBefore, pending.notAfter]).toEqual([null, null, null, null, null])
    const { keyMetadata } = await call('describeKey', { keyId: pending.keyId })
    expect(keyMetadata).toMatchObject({ keySpec, keyUsage: 'SIGN/VERIFY', description: subject, exportable: false, origin: 'Aliyun_KMS' })

    const authority = await newAuthority('EC_P256', 'CN=Authority,O=Keystead')
    const certificate = await issuedFor(authority, csr)
    expect(await call('uploadCertificate', { certificateId, certificate, certificateChain: pem(authority.certificate) })).toEqual({})
    await relock()
    expect(await call('getCertificate', { certificateId })).toEqual({ certificateId, csr, certificate, certificateChain: pem(authority.certificate) })
    expect(await call('describeCertificate', { certificateId })).toMatchObject({
      status: 'ACTIVE',
      subject,
      issuer: 'CN=Authority,O=Keystead',
      serial: '4d',
      notBefore: '2026-01-01T00:00:00Z',
      notAfter: '2046-01-01T00:00:00Z',
      isSelfSigned: false,
    })
  })

  it('a certificate is made that the key itself has signed', async () => {
    const { call, clock, relock } = await openCalls()
    const { certificateId, certificate } = await call('createSelfSignedCertificate', { keySpec, subject, subjectAlternativeNames, validityDays: 90 })
    const made = parseCertificate(derOf('CERTIFICATE', certificate))
    expect(made && isIssuedBy(made, made)).toBe(true)
    expect(made).toMatchObject({ keyUsages: ['digitalSignature'], isCa: false })
    await relock()
    expect(await call('describeCertificate', { certificateId })).toMatchObject({
      status: 'ACTIVE',
      keySpec,
      subject,
      subjectAlternativeNames: namesShown,
      issuer: subject,
      serial: made?.serialNumber,
      fingerprint: made?.fingerprint,
      isSelfSigned: true,
      exportablePrivateKey: true,
      notBefore: '2026-09-01T12:00:00Z',
      notAfter: `${new Date(clock.time + 90 * 86_400_000).toISOString().slice(0, 19)}Z`,
    })
    expect(await call('getCertificate', { certificateId })).toEqual({ certificateId, certificate })
  })
})

describe('a request', () => {
  it('is made with an existing key, its newest version unless told', async () => {
    const { call, clock, newKeyOf, versionsOf } = await openCalls()
    const { keyId, keyVersionId } = await newKeyOf('EC_P384')
    clock.passDays(7)
    await call('createKeyVersion', { keyId })
    const made = async (request: { keyVersionId?: string }) => {
      const { certificateId, csr } = await call('createCertificate', { keyId, subject, ...request })
      return { version: (await call('describeCertificate', { certificateId })).keyVersionId, spki: csrOf(csr).publicKey }
    }
    const [newest, oldest] = [await made({}), await made({ keyVersionId })]
    expect([oldest.version, newest.version]).toEqual(versionsOf(keyId))
    for (const { version, spki } of [newest, oldest]) {
      const { publicKey } = await call('getPublicKey', { keyId, keyVersionId: version })
      expect(derOf('PUBLIC KEY', publicKey)).toEqual(spki)
    }
    expect((await call('getKeyDetails', { keyId })).certificateIds).toHaveLength(2)
    expect((await call('previewKeyDeletion', { keyId })).certificates).toBe(2)
  })

  it('is for asymmetric keys of this vault and their versions', async () => {
    const { codeFor, newKeyOf } = await openCalls()
    const [signing, symmetric] = [await newKeyOf('Ed25519'), await newKeyOf('Aliyun_AES_256')]
    expect(await codeFor('createCertificate', { keyId: symmetric.keyId, subject })).toBe('UNSUPPORTED_OPERATION')
    expect(await codeFor('createCertificate', { keyId: 'alias/none', subject })).toBe('ALIAS_NOT_FOUND')
    expect(await codeFor('createCertificate', { keyId: signing.keyId, keyVersionId: symmetric.keyVersionId, subject })).toBe('KEY_VERSION_NOT_FOUND')
    expect(await codeFor('createCertificate', { keyVersionId: signing.keyVersionId, subject })).toBe('INVALID_PARAMETER')
  })

  it.each([
    [' ', 'dns:a.example', [['subject', 'must be a name of 1 to 2048 characters, such as CN=example.org']]],
    ['O=Keystead', 'dns:a.example', [['subject', 'must have a common name, such as CN=example.org']]],
    [`CN=${'x'.repeat(65)}`, 'dns:a.example', [['subject', 'CN must have 1 to 64 characters']]],
    ['CN=a,C=CHN', 'ip:1.2.3', [['subject', 'C must be a country code of two letters'], ['subjectAlternativeNames', 'entry 2 must be an IPv4 or IPv6 address']]],
    ['CN=a', 'a b', [['subjectAlternativeNames', 'entry 2 must be a host name in ASCII, such as www.example.org or *.example.org']]],
  ])('names what is wrong with its names: %j, %j', async (line, name, problems) => {
    const { call, records } = await openCalls()
    const attempt = call('createCertificate', { keySpec: 'EC_P256', subject: line, subjectAlternativeNames: ['example.org', name] })
    const refusal = await attempt.catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'INVALID_PARAMETER', details: { fields: problems.map(([field, problem]) => ({ field, problem })) } })
    expect([await records.list('key'), (await call('listCertificates', {})).totalCount]).toEqual([[], 0])
  })

  it('leaves nothing behind when it cannot be written', async () => {
    const { call, records, relock } = await openCalls()
    records.failNextCommit(new KmsError('NO_SPACE', 'full'))
    expect(await codeOf(call('createCertificate', { keySpec: 'EC_P256', subject }))).toBe('NO_SPACE')
    await relock()
    expect([await records.list('key'), await records.list('key-material'), await records.list('certificate')]).toEqual([[], [], []])
    expect((await call('listCertificates', {})).certificates).toEqual([])
  })

  it('is written with its key in one act that is audited', async () => {
    const calls = await openCalls()
    const { certificateId } = await newRequest(calls)
    const { keyId } = await calls.call('describeCertificate', { certificateId })
    expect(calls.records.audit.map(({ caller, resource }) => [caller.operation, resource])).toEqual([['createCertificate', keyId]])
  })
})

describe('an issued certificate', () => {
  it('must be one, for the key, and with a chain that leads on', async () => {
    const calls = await openCalls()
    const { call, codeFor } = calls
    const [request, other] = [await newRequest(calls), await newRequest(calls)]
    const { certificateId } = request
    const root = await newAuthority('EC_P384', 'CN=Root')
    const intermediate = await newAuthority('RSA_2048', 'CN=Intermediate', root)
    const stranger = await newAuthority('EC_P256', 'CN=Root')
    const certificate = await issuedFor(intermediate, request.csr)
    const upload = (text: string, ...chain: Uint8Array[]) =>
      codeFor('uploadCertificate', { certificateId, certificate: text, ...(chain.length > 0 ? { certificateChain: pem(...chain) } : {}) })
    expect(await upload('no certificate')).toBe('CERTIFICATE_INVALID')
    expect(await upload(request.csr)).toBe('CERTIFICATE_INVALID')
    expect(await upload(pem(Uint8Array.of(0x30, 0)))).toBe('CERTIFICATE_INVALID')
    expect(await upload(certificate + pem(Uint8Array.of(0x30, 0)))).toBe('CERTIFICATE_INVALID')
    expect(await upload(await issuedFor(intermediate, other.csr))).toBe('CERTIFICATE_MISMATCH')
    expect(await upload(certificate, root.certificate, intermediate.certificate)).toBe('CERTIFICATE_INVALID')
    expect(await upload(certificate, intermediate.certificate, stranger.certificate)).toBe('CERTIFICATE_INVALID')
    expect(await upload(certificate, root.certificate)).toBe('CERTIFICATE_INVALID')
    expect(await codeFor('uploadCertificate', { certificateId, certificate, certificateChain: 'none' })).toBe('CERTIFICATE_INVALID')
    expect(await codeFor('uploadCertificate', { certificateId: 'none', certificate })).toBe('CERTIFICATE_NOT_FOUND')
    expect((await call('describeCertificate', { certificateId })).status).toBe('PENDING')
    await call('uploadCertificate', { certificateId, certificate, certificateChain: pem(intermediate.certificate, root.certificate) })
    const whole = pem(intermediate.certificate, root.certificate)
    expect((await call('getCertificate', { certificateId })).certificateChain).toBe(whole)
    await call('uploadCertificate', { certificateId: other.certificateId, certificate: (await issuedFor(intermediate, other.csr)) + whole })
    expect((await call('getCertificate', { certificateId: other.certificateId })).certificateChain).toBe(whole)
  })

  it('has a chain of at most ten', async () => {
    const calls = await openCalls()
    const { certificateId, csr } = await newRequest(calls)
    const root = await newAuthority('Ed25519', 'CN=Root')
    const chain = (count: number) => pem(...Array.from({ length: count }, () => root.certificate))
    const certificate = await issuedFor(root, csr)
    expect(await calls.codeFor('uploadCertificate', { certificateId, certificate, certificateChain: chain(11) })).toBe('CERTIFICATE_INVALID')
    await calls.call('uploadCertificate', { certificateId, certificate, certificateChain: chain(10) })
  })

  it('is replaced by a renewed one, with its chain', async () => {
    const calls = await openCalls()
    const { call, clock } = calls
    const { certificateId, csr } = await newRequest(calls)
    const [first, second] = [await newAuthority('EC_P256', 'CN=First'), await newAuthority('Ed25519', 'CN=Second')]
    await call('uploadCertificate', { certificateId, certificate: await issuedFor(first, csr), certificateChain: pem(first.certificate) })
    await call('updateCertificateStatus', { certificateId, status: 'INACTIVE' })
    clock.passDays(1)
    await call('uploadCertificate', { certificateId, certificate: await issuedFor(second, csr, 'CN=renewed.example.org') })
    const described = await call('describeCertificate', { certificateId })
    expect(described).toMatchObject({ status: 'INACTIVE', subject: 'CN=renewed.example.org', issuer: 'CN=Second' })
    expect([described.createdAt, described.updatedAt]).toEqual(['2026-09-01T12:00:00Z', '2026-09-02T12:00:00Z'])
    expect((await call('getCertificate', { certificateId })).certificateChain).toBeUndefined()
  })
})

describe('the certificates of the vault', () => {
  it('are listed in pages, newest first, and by key', async () => {
    const { call, newKeyOf, relock } = await openCalls()
    const [a, b] = [await newKeyOf('EC_P256'), await newKeyOf('Ed25519')]
    const ids: string[] = []
    for (const { keyId } of [a, b, a, b, a]) ids.unshift((await call('createSelfSignedCertificate', { keyId, subject })).certificateId)
    const listed = async (request: { keyId?: string; pageNumber?: number; pageSize?: number }) => {
      const { totalCount, certificates } = await call('listCertificates', request)
      return [totalCount, certificates.map(({ certificateId }) => ids.indexOf(certificateId))]
    }
    for (let round = 0; round < 2; round++) {
      expect(await listed({})).toEqual([5, [0, 1, 2, 3, 4]])
      expect(await listed({ pageSize: 2, pageNumber: 2 })).toEqual([5, [2, 3]])
      expect(await listed({ pageSize: 2, pageNumber: 4 })).toEqual([5, []])
      expect(await listed({ keyId: a.keyId })).toEqual([3, [0, 2, 4]])
      await relock()
    }
    await call('deleteCertificate', { certificateId: ids[2] ?? '' })
    expect(await listed({})).toEqual([4, [0, 1, 3, 4]])
  })

  it('are forgotten one by one, and the key stays', async () => {
    const calls = await openCalls()
    const { call, codeFor, relock } = calls
    const { certificateId } = await newRequest(calls)
    const { keyId } = await call('describeCertificate', { certificateId })
    await call('deleteCertificate', { certificateId })
    for (let round = 0; round < 2; round++) {
      for (const operation of ['getCertificate', 'describeCertificate', 'deleteCertificate'] as const) {
        expect(await codeFor(operation, { certificateId })).toBe('CERTIFICATE_NOT_FOUND')
      }
      await relock()
    }
    expect((await call('describeKey', { keyId })).keyMetadata.keyState).toBe('Enabled')
  })

  it('go with their key', async () => {
    const calls = await openCalls()
    const { call, codeFor, clock, records, keystore } = calls
    const { certificateId } = await newRequest(calls)
    const kept = await newRequest(calls)
    const { keyId } = await call('describeCertificate', { certificateId })
    await call('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    clock.passDays(7)
    await keystore.catchUp()
    expect(await codeFor('describeCertificate', { certificateId })).toBe('CERTIFICATE_NOT_FOUND')
    expect((await records.list('certificate')).map(({ id }) => id)).toEqual([kept.certificateId])
    expect((await call('listCertificates', {})).certificates.map((found) => found.certificateId)).toEqual([kept.certificateId])
  })

  it('are the same for many who ask and change at once', async () => {
    const { call, newKeyOf, relock } = await openCalls()
    const { keyId } = await newKeyOf('Ed25519')
    await relock()
    const made = await Promise.all(Array.from({ length: 20 }, () => call('createSelfSignedCertificate', { keyId, subject })))
    const ids = made.map(({ certificateId }) => certificateId).toReversed()
    const [first, ...others] = ids
    const listing = call('listCertificates', { pageSize: 100 })
    await Promise.all([listing, call('deleteCertificate', { certificateId: first ?? '' }), call('listCertificates', {})])
    expect((await call('listCertificates', { pageSize: 100 })).certificates.map(({ certificateId }) => certificateId)).toEqual(others)
    await relock()
    expect((await call('listCertificates', { pageSize: 100 })).certificates.map(({ certificateId }) => certificateId)).toEqual(others)
  })

  it.each([
    ['another layout', '[9,1,2,3,4,5,6,7,8,9,10]', 'VAULT_NEWER_VERSION'],
    ['no array', '{}', 'VAULT_DAMAGED'],
    ['too few fields', '[1,1]', 'VAULT_DAMAGED'],
    ['no request and no certificate', '[1,1,"key-aaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbb","PENDING",null,null,[],1,1,[]]', 'VAULT_DAMAGED'],
    ['an active one without certificate', '[1,1,"key-aaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbb","ACTIVE","MAA=",null,[],1,1,[]]', 'VAULT_DAMAGED'],
    ['an unknown status', '[1,1,"key-aaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbb","LOST","MAA=",null,[],1,1,[]]', 'VAULT_DAMAGED'],
  ])('are damaged when a row has %s', async (_name, row, code) => {
    const { codeFor, records } = await openCalls()
    records.plant('certificate', 'x', null, utf8(row))
    expect(await codeFor('listCertificates', {})).toBe(code)
  })

  it('are not there while the vault is locked', async () => {
    const { codeFor, keystore } = await openCalls()
    keystore.unload()
    expect(await codeFor('listCertificates', {})).toBe('VAULT_LOCKED')
  })
})
