import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src-main/crypto/bytes'
import { fromPem } from '../../src-main/crypto/spki'
import { asymmetricKeySpecs, type AsymmetricKeySpec } from '../../src-shared/model/keys'
import { codeOf } from '../support/keystore-fixture'
import { useTemporaryFolder } from '../support/temporary-folder'
import { useWindowCalls } from '../support/window-calls'

const at = useTemporaryFolder()
const { call, handleOf } = useWindowCalls(at)
const subject = 'CN=example.org,OU=钥匙,O=Keystead,C=CN'
const subjectAlternativeNames = ['dns:example.org', 'dns:*.example.org', 'ip:192.0.2.1', 'email:a@example.org']
const passphrase = 'an export passphrase 电池'
const id = 'distid:1234567812345678'

/** What openssl says on both channels; fails with it when openssl does. */
function openssl(...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync('openssl', args, { cwd: at(), env: { PATH: process.env['PATH'] ?? '' } })
  if (error) throw error
  const said = `${stdout.toString('utf8')}${stderr.toString('utf8')}`
  if (status !== 0) throw new Error(said)
  return said
}

const write = (name: string, content: string | Uint8Array) => writeFileSync(at(name), content)
const read = (name: string) => readFileSync(at(name), 'utf8')
const onlyPem = (said: string) => said.slice(said.indexOf('-----BEGIN'))

/** How openssl makes an authority, and how that one signs. */
interface CaKind {
  key: string[]
  digest: string[]
  options: string[]
}

const curve = (name: string) => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${name}`]
const rsa = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']
const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:48']
const caKinds = {
  'RSA with SHA-512': { key: rsa, digest: ['-sha512'], options: [] },
  'PSS with SHA-384': { key: rsa, digest: ['-sha384'], options: pss },
  'P-256': { key: curve('P-256'), digest: ['-sha256'], options: [] },
  'P-521 with SHA-512': { key: curve('P-521'), digest: ['-sha512'], options: [] },
  secp256k1: { key: curve('secp256k1'), digest: ['-sha256'], options: [] },
  Ed25519: { key: ['-algorithm', 'ED25519'], digest: [], options: [] },
  SM2: { key: curve('SM2'), digest: ['-sm3'], options: ['-sigopt', id] },
} as const satisfies Record<string, CaKind>
type CaName = keyof typeof caKinds

/** Files name.key and name.pem: an authority that openssl made, its own issuer unless one is named. */
function newAuthority(kind: CaName, name: string, issuer?: string): void {
  const { key, digest, options } = caKinds[kind]
  openssl('genpkey', ...key, '-out', `${name}.key`)
  write('ca.ext', 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n')
  openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}/O=Keystead`, ...digest, ...options, '-out', `${name}.csr`)
  const signer = issuer === undefined ? ['-key', `${name}.key`] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`]
  sign(kind, [...signer, '-in', `${name}.csr`, '-extfile', 'ca.ext', '-out', `${name}.pem`], kind === 'SM2')
}

function sign(kind: CaName, args: string[], isSm2Request: boolean): void {
  const { digest, options } = caKinds[kind]
  const verification = isSm2Request ? ['-vfyopt', id] : []
  openssl('x509', '-req', '-days', '30', ...digest, ...options, ...verification, ...args)
}

/** The certificate that the authority issues for the request in a.csr, in a.pem. */
function issue(kind: CaName, name: string, keySpec: AsymmetricKeySpec): string {
  sign(kind, ['-CA', `${name}.pem`, '-CAkey', `${name}.key`, '-in', 'a.csr', '-copy_extensions', 'copyall', '-out', 'a.pem'], keySpec === 'EC_SM2')
  return read('a.pem')
}

const fieldOf = (field: string, file = 'a.pem') => openssl('x509', '-in', file, '-noout', `-${field}`).trim().replace(/^[^=]*=/, '')
const publicKeyOf = (...args: string[]) => fromPem('PUBLIC KEY', openssl(...args))

/** Each spec with an authority of another kind. */
const issuers: [AsymmetricKeySpec, CaName][] = [
  ['RSA_2048', 'P-521 with SHA-512'],
  ['RSA_3072', 'PSS with SHA-384'],
  ['RSA_4096', 'Ed25519'],
  ['EC_P256', 'RSA with SHA-512'],
  ['EC_P256K', 'secp256k1'],
  ['EC_P384', 'P-256'],
  ['EC_SM2', 'SM2'],
  ['Ed25519', 'PSS with SHA-384'],
]

it('covers every spec', () => {
  expect(issuers.map(([keySpec]) => keySpec).toSorted()).toEqual(asymmetricKeySpecs.toSorted())
})

describe.each(issuers)('a key of %s, before an authority with %s', (keySpec, kind) => {
  it('asks, is answered, and goes into PKCS#12, all of which openssl reads', async () => {
    const { certificateId, csr } = await call('createCertificate', { keySpec, subject, subjectAlternativeNames })
    write('a.csr', csr)
    expect(openssl('req', '-verify', '-noout', '-in', 'a.csr', ...(keySpec === 'EC_SM2' ? ['-vfyopt', id] : []))).toContain('verify OK')
    const { keyId, keyVersionId } = await call('describeCertificate', { certificateId })
    const { publicKey } = await call('getPublicKey', { keyId, keyVersionId })
    expect(publicKeyOf('req', '-in', 'a.csr', '-pubkey', '-noout')).toEqual(fromPem('PUBLIC KEY', publicKey))

    newAuthority(kind, 'root')
    const certificate = issue(kind, 'root', keySpec)
    await call('uploadCertificate', { certificateId, certificate, certificateChain: read('root.pem') })
    const described = await call('describeCertificate', { certificateId })
    expect(described).toMatchObject({ status: 'ACTIVE', subject, subjectAlternativeNames, issuer: 'O=Keystead,CN=root', isSelfSigned: false })
    expect(described.serial).toBe(fieldOf('serial').toLowerCase())
    const fingerprint = openssl('x509', '-in', 'a.pem', '-noout', '-fingerprint', '-sha256').trim().replace(/^[^=]*=/, '')
    expect(described.fingerprint).toBe(fingerprint.replaceAll(':', '').toLowerCase())
    expect([described.notBefore, described.notAfter].map((time) => Date.parse(time ?? ''))).toEqual([Date.parse(fieldOf('startdate')), Date.parse(fieldOf('enddate'))])

    const got = await call('getCertificate', { certificateId })
    write('got.pem', got.certificate ?? '')
    write('chain.pem', got.certificateChain ?? '')
    expect(openssl('verify', '-CAfile', 'chain.pem', ...(kind === 'SM2' ? ['-vfyopt', id] : []), 'got.pem')).toBe('got.pem: OK\n')

    const target = handleOf(at('a.p12'), 'target')
    await call('exportCertificate', { certificateId, passphrase: utf8(passphrase), target })
    const opened = ['pkcs12', '-in', 'a.p12', '-passin', `pass:${passphrase}`]
    expect(openssl(...opened, '-info', '-noout')).toMatch(/MAC: sha256/)
    write('key.pem', onlyPem(openssl(...opened, '-nodes', '-nocerts')))
    expect(publicKeyOf('pkey', '-in', 'key.pem', '-pubout')).toEqual(fromPem('PUBLIC KEY', publicKey))
    expect(fromPem('CERTIFICATE', openssl(...opened, '-nokeys', '-clcerts'))).toEqual(fromPem('CERTIFICATE', certificate))
    expect(fromPem('CERTIFICATE', openssl(...opened, '-nokeys', '-cacerts'))).toEqual(fromPem('CERTIFICATE', read('root.pem')))
  })

  it('signs a certificate of its own that openssl verifies', async () => {
    const { certificate } = await call('createSelfSignedCertificate', { keySpec, subject, subjectAlternativeNames })
    write('self.pem', certificate)
    // Version 3.0 cannot be told the id of a trusted certificate's signer; openssl-x509.spec.ts checks that signature by itself.
    const checked = keySpec === 'EC_SM2' ? [] : ['-check_ss_sig']
    expect(openssl('verify', '-x509_strict', ...checked, '-CAfile', 'self.pem', 'self.pem')).toBe('self.pem: OK\n')
  })
})

describe('chains of openssl', () => {
  it.each(Object.keys(caKinds) as CaName[])('are followed to the end, signed with %s', async (kind) => {
    newAuthority(kind, 'root')
    newAuthority(kind, 'middle', 'root')
    const { certificateId, csr } = await call('createCertificate', { keySpec: 'EC_P256', subject })
    write('a.csr', csr)
    const certificate = issue(kind, 'middle', 'EC_P256')
    const [root, middle] = [read('root.pem'), read('middle.pem')]
    const upload = (certificateChain: string) => call('uploadCertificate', { certificateId, certificate, certificateChain })
    expect(await codeOf(upload(root + middle))).toBe('CERTIFICATE_INVALID')
    expect(await codeOf(upload(root))).toBe('CERTIFICATE_INVALID')
    await upload(middle + root)
    write('a.csr', (await call('createCertificate', { keySpec: 'EC_P256', subject })).csr)
    const foreign = issue(kind, 'middle', 'EC_P256')
    expect(await codeOf(call('uploadCertificate', { certificateId, certificate: foreign }))).toBe('CERTIFICATE_MISMATCH')
  })

  it('come from `openssl ca` as well, with its text before the certificate', async () => {
    newAuthority('RSA with SHA-512', 'root')
    const { certificateId, csr } = await call('createCertificate', { keySpec: 'EC_P384', subject, subjectAlternativeNames })
    write('a.csr', csr)
    write('index.txt', '')
    write('serial', '1001\n')
    const policy = ['[p]', 'commonName=supplied', 'organizationName=optional', 'organizationalUnitName=optional', 'countryName=optional']
    const settings = ['default_ca=d', '[d]', 'database=index.txt', 'serial=serial', 'new_certs_dir=.', 'default_md=sha256', 'policy=p', 'copy_extensions=copy', 'unique_subject=no']
    write('ca.cnf', [...settings, ...policy, ''].join('\n'))
    openssl('ca', '-batch', '-utf8', '-preserveDN', '-config', 'ca.cnf', '-cert', 'root.pem', '-keyfile', 'root.key', '-in', 'a.csr', '-days', '30', '-out', 'a.pem')
    expect(read('a.pem')).toMatch(/^Certificate:/)
    await call('uploadCertificate', { certificateId, certificate: read('a.pem'), certificateChain: read('root.pem') })
    expect(await call('describeCertificate', { certificateId })).toMatchObject({ status: 'ACTIVE', subject, subjectAlternativeNames, serial: '1001' })
  })
})
