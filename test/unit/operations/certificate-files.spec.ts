import { readFileSync, statSync, existsSync, mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src-main/crypto/bytes'
import { decodePrivateKey } from '../../../src-main/crypto/key-formats/decode-private-key'
import { encodePkcs12 } from '../../../src-main/crypto/key-formats/encode-pkcs12'
import { fromPem, toPem } from '../../../src-main/crypto/spki'
import { parseCsr } from '../../../src-main/crypto/x509/parse-csr'
import type { OperationName } from '../../../src-shared/contract/catalog'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { asymmetricKeySpecs } from '../../../src-shared/model/keys'
import { testPassphrase } from '../../support/composed-application'
import { codeOf } from '../../support/keystore-fixture'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { issue, nameOf, newAuthority } from '../../support/test-authority'
import { useWindowCalls } from '../../support/window-calls'
import { newKey } from '../crypto/x509/support'

const at = useTemporaryFolder()
const { call, handleOf } = useWindowCalls(at)
const subject = 'CN=example.org,OU=钥匙'
const passphrase = () => utf8('an export passphrase 电池')

const derOf = (pem = '') => fromPem('CERTIFICATE', pem)
const pem = (...certificates: Uint8Array[]) => certificates.map((der) => toPem('CERTIFICATE', der)).join('')
const auditOf = async (operation: OperationName) => (await call('listAuditEntries', { operation, count: 50 })).entries.map(({ resource, code }) => [resource, code])

async function exported(certificateId: string, path: string, more: Partial<RequestInput<'exportCertificate'>> = {}): Promise<Uint8Array> {
  await call('exportCertificate', { certificateId, passphrase: passphrase(), target: handleOf(path, 'target'), ...more })
  return Uint8Array.from(readFileSync(path))
}

describe.each(asymmetricKeySpecs)('a certificate of %s', (keySpec) => {
  it('goes with its key into a file that only its owner reads, and comes back', async () => {
    const { certificateId, certificate } = await call('createSelfSignedCertificate', { keySpec, subject })
    const { keyId } = await call('describeCertificate', { certificateId })
    const file = await exported(certificateId, at('a.p12'))
    expect(statSync(at('a.p12')).mode & 0o777).toBe(0o600)
    const decoded = await decodePrivateKey(file, passphrase())
    expect([decoded.format, decoded.keySpec, decoded.certificates]).toEqual(['PKCS12', keySpec, derOf(certificate)])
    const { keyVersions } = await call('listKeyVersions', { keyId })
    const { publicKey } = await call('getPublicKey', { keyId, keyVersionId: keyVersions[0]?.keyVersionId ?? '' })
    expect(fromPem('PUBLIC KEY', publicKey)).toEqual([decoded.publicKey])
    decoded.material.destroy()
    const { keyMetadata, certificateIds } = await call('importPrivateKey', { content: file, passphrase: passphrase() })
    expect(certificateIds).toHaveLength(1)
    expect(await call('getCertificate', { certificateId: certificateIds[0] ?? '' })).toMatchObject({ certificate })
    expect(await call('describeCertificate', { certificateId: certificateIds[0] ?? '' })).toMatchObject({ keyId: keyMetadata.keyId, keySpec, status: 'ACTIVE', subject, exportablePrivateKey: false })
  })
})

describe('exportCertificate', () => {
  it('writes the chain behind the certificate, which comes back in order', async () => {
    const root = await newAuthority('EC_P384', 'CN=Root')
    const intermediate = await newAuthority('Ed25519', 'CN=Intermediate', root)
    const { certificateId, csr } = await call('createCertificate', { keySpec: 'EC_P256', subject })
    const certificate = pem(await issue(intermediate, { name: nameOf(subject), publicKey: parseCsr(utf8(csr))?.publicKey ?? new Uint8Array(0) }))
    const chain = pem(intermediate.certificate, root.certificate)
    await call('uploadCertificate', { certificateId, certificate, certificateChain: chain })
    const file = await exported(certificateId, at('a.p12'))
    const decoded = await decodePrivateKey(file, passphrase())
    decoded.material.destroy()
    expect(decoded.certificates).toEqual(derOf(certificate + chain))
    const { certificateIds } = await call('importPrivateKey', { content: file, passphrase: passphrase() })
    expect(await call('getCertificate', { certificateId: certificateIds[0] ?? '' })).toEqual({ certificateId: certificateIds[0], certificate, certificateChain: chain })
    await call('lockVault', {})
    await call('unlockVault', { passphrase: testPassphrase() })
    expect((await call('listCertificates', {})).certificates.map((found) => found.certificateId)).toEqual([certificateIds[0], certificateId])
  })

  it('refuses keys that stay, certificates that are not active, keys in another state, and weak passphrases', async () => {
    const codeOfExport = (certificateId: string, more = {}) => codeOf(exported(certificateId, at('refused.p12'), more))
    const make = async (more = {}) => (await call('createSelfSignedCertificate', { keySpec: 'Ed25519', subject, ...more })).certificateId
    const certificateId = await make()
    const { keyId } = await call('describeCertificate', { certificateId })
    expect(await codeOfExport(await make({ exportablePrivateKey: false }))).toBe('KEY_NOT_EXPORTABLE')
    expect(await codeOfExport((await call('createCertificate', { keySpec: 'Ed25519', subject })).certificateId)).toBe('CERTIFICATE_INACTIVE')
    expect(await codeOfExport('none')).toBe('CERTIFICATE_NOT_FOUND')
    expect(await codeOfExport(certificateId, { passphrase: utf8('short 7') })).toBe('PASSPHRASE_TOO_WEAK')
    expect(await codeOfExport(certificateId, { passphrase: new Uint8Array(16).fill(0xff) })).toBe('INVALID_PARAMETER')
    expect(await codeOfExport(certificateId, { target: `h-${'0'.repeat(32)}` })).toBe('HANDLE_INVALID')
    await call('disableKey', { keyId })
    expect(await codeOfExport(certificateId)).toBe('KEY_DISABLED')
    await call('enableKey', { keyId })
    for (const status of ['INACTIVE', 'REVOKED'] as const) {
      await call('updateCertificateStatus', { certificateId, status })
      expect(await codeOfExport(certificateId)).toBe('CERTIFICATE_INACTIVE')
    }
    expect(existsSync(at('refused.p12'))).toBe(false)
  })

  it('says where the file cannot be written, and is noted in the audit log', async () => {
    const { certificateId } = await call('createSelfSignedCertificate', { keySpec: 'Ed25519', subject })
    const { keyId } = await call('describeCertificate', { certificateId })
    mkdirSync(at('folder'))
    expect(await codeOf(exported(certificateId, at('folder')))).toBe('TARGET_NOT_WRITABLE')
    await exported(certificateId, at('a.p12'))
    expect(await codeOf(call('exportCertificate', { certificateId: 'none', passphrase: passphrase(), target: handleOf(at('a'), 'target') }))).toBe('CERTIFICATE_NOT_FOUND')
    expect(await auditOf('exportCertificate')).toEqual([
      ['none', 'CERTIFICATE_NOT_FOUND'],
      [keyId, null],
      [keyId, 'TARGET_NOT_WRITABLE'],
    ])
  })
})

describe('importPrivateKey', () => {
  it('leaves certificates of other keys aside, and takes each one of the key', async () => {
    const [key, stranger] = [await newKey('EC_P256'), await newAuthority('EC_P256', 'CN=Stranger')]
    const issuer = await newAuthority('Ed25519', 'CN=Issuer')
    const own = await Promise.all(['CN=one', 'CN=two'].map((name) => issue(issuer, { name: nameOf(name), publicKey: key.publicKey })))
    const content = await encodePkcs12('EC_P256', key.material, [...own, stranger.certificate, issuer.certificate], passphrase(), 'x')
    const { keyMetadata, certificateIds } = await call('importPrivateKey', { content, passphrase: passphrase() })
    expect(certificateIds).toHaveLength(2)
    for (const certificateId of certificateIds) {
      expect((await call('getCertificate', { certificateId })).certificateChain).toBe(pem(issuer.certificate))
    }
    const { certificates } = await call('listCertificates', { keyId: keyMetadata.keyId })
    expect(certificates.map((found) => found.subject)).toEqual(['CN=two', 'CN=one'])
  })
})
