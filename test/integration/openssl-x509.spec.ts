import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { asymmetricKeySpecs } from '../../src-shared/model/keys'
import { utf8 } from '../../src-main/crypto/bytes'
import { decodePrivateKey } from '../../src-main/crypto/key-formats/decode-private-key'
import { encodePkcs12 } from '../../src-main/crypto/key-formats/encode-pkcs12'
import { encodeEncryptedPkcs8, encodePkcs8 } from '../../src-main/crypto/key-formats/encode-private-key'
import { fromPem } from '../../src-main/crypto/spki'
import { parseAlternativeNames } from '../../src-main/crypto/x509/alternative-names'
import { buildSelfSigned } from '../../src-main/crypto/x509/build-certificate'
import { buildCsr } from '../../src-main/crypto/x509/build-csr'
import { parseCertificate } from '../../src-main/crypto/x509/parse-certificate'
import { certificateAlgorithms, type CertificateAlgorithm } from '../../src-main/crypto/x509/signature-algorithms'
import { parseSubject } from '../../src-main/crypto/x509/subject'
import { flipped } from '../support/flipped'
import { useTemporaryFolder } from '../support/temporary-folder'
import { algorithmsBySpec, newKey, valueOrThrow, type TestKey } from '../unit/crypto/x509/support'

const inFolder = useTemporaryFolder()
const passphrase = 'correct horse 电池'
const subjectLine = 'CN=example.org,OU=钥匙,O=Example\\, Ltd.,L=杭州,ST=Zhejiang,C=CN,emailAddress=a@example.org'
const subject = valueOrThrow(parseSubject(subjectLine))
const names = ['dns:*.example.org', 'ip:192.0.2.1', 'ip:2001:db8::1', 'email:a@example.org', 'uri:https://example.org/']
const alternativeNames = valueOrThrow(parseAlternativeNames(names))
const namesOfOpenSsl = 'DNS:*.example.org, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, email:a@example.org, URI:https://example.org/'
const day = 24 * 3600 * 1000

/** What openssl says on both channels, and its exit code. */
function openssl(...args: string[]): { status: number | null; said: string; output: Buffer } {
  const { status, stdout, stderr, error } = spawnSync('openssl', args, { env: { PATH: process.env['PATH'] ?? '' } })
  if (error) throw error
  return { status, said: `${stdout.toString('utf8')}${stderr.toString('utf8')}`, output: stdout }
}

function write(name: string, bytes: Uint8Array): string {
  writeFileSync(inFolder(name), bytes)
  return inFolder(name)
}

/** The default id of the signer (GB/T 35276): OpenSSL 3.0 takes an empty one unless told. */
const idOptions = (algorithm: CertificateAlgorithm): string[] => (algorithm === 'SM2DSA' ? ['-vfyopt', 'distid:1234567812345678'] : [])


function certificateOf(key: TestKey, algorithm: CertificateAlgorithm, isCa: boolean): Promise<Uint8Array> {
  const [notBefore, notAfter] = [new Date(Date.now() - day), new Date(Date.now() + 365 * day)]
  const keyUsages = isCa ? (['digitalSignature', 'keyCertSign', 'cRLSign'] as const) : (['digitalSignature'] as const)
  return buildSelfSigned({ subject, alternativeNames, publicKey: key.publicKey, algorithm, sign: key.sign, notBefore, notAfter, keyUsages, isCa })
}

/** Whether openssl accepts the certificate, by strict rules, as one that its own key has signed. */
function isSelfSigned(certificate: Uint8Array, algorithm: CertificateAlgorithm): boolean {
  const pem = write('a.pem', openssl('x509', '-inform', 'DER', '-in', write('a.der', certificate)).output)
  const signature = algorithm === 'SM2DSA' ? [] : ['-check_ss_sig']
  const { status, said } = openssl('verify', '-x509_strict', ...signature, '-CAfile', pem, pem)
  return status === 0 && said === `${pem}: OK\n` && (algorithm !== 'SM2DSA' || isSignedWithSm2())
}

/** `openssl verify` of version 3.0 cannot be told the id of a trusted certificate, so the signature of a.der is checked by itself. */
function isSignedWithSm2(): boolean {
  const lines = openssl('asn1parse', '-inform', 'DER', '-in', inFolder('a.der')).said.trimEnd().split('\n')
  const [, signatureAt = ''] = /^ *(\d+):/.exec(lines.at(-1) ?? '') ?? []
  openssl('asn1parse', '-inform', 'DER', '-in', inFolder('a.der'), '-noout', '-strparse', '4', '-out', inFolder('a.tbs'))
  openssl('asn1parse', '-inform', 'DER', '-in', inFolder('a.der'), '-noout', '-strparse', signatureAt, '-out', inFolder('a.sig'))
  const key = write('a.pub', openssl('x509', '-in', inFolder('a.pem'), '-pubkey', '-noout').output)
  const id = ['-sigopt', 'distid:1234567812345678']
  return openssl('dgst', '-sm3', '-verify', key, ...id, '-signature', inFolder('a.sig'), inFolder('a.tbs')).said === 'Verified OK\n'
}

describe.each(algorithmsBySpec)('%s with %s', (keySpec, algorithm) => {
  it('makes a request that openssl verifies', async () => {
    const key = await newKey(keySpec)
    const der = await buildCsr({ subject, alternativeNames, publicKey: key.publicKey, algorithm, sign: key.sign })
    const verify = (bytes: Uint8Array) => openssl('req', '-verify', '-noout', '-inform', 'DER', '-in', write('a.csr', bytes), ...idOptions(algorithm)).said
    expect(verify(der)).toContain('self-signature verify OK')
    expect(verify(flipped(der, -1))).not.toContain('verify OK')
    const shown = openssl('req', '-text', '-noout', '-inform', 'DER', '-in', write('a.csr', der), '-nameopt', 'RFC2253,utf8,-esc_msb').said
    expect(shown).toContain(subjectLine)
    expect(shown).toContain(namesOfOpenSsl)
    const publicKey = openssl('req', '-pubkey', '-noout', '-inform', 'DER', '-in', inFolder('a.csr')).output.toString('latin1')
    expect(fromPem('PUBLIC KEY', publicKey)).toEqual([key.publicKey])
  })

  it.each([true, false])('makes a certificate that openssl verifies (authority: %s)', async (isCa) => {
    const key = await newKey(keySpec)
    const der = await certificateOf(key, algorithm, isCa)
    expect(isSelfSigned(der, algorithm)).toBe(true)
    expect(isSelfSigned(flipped(der, -1), algorithm)).toBe(false)
    const shown = openssl('x509', '-inform', 'DER', '-in', write('a.der', der), '-noout', '-text', '-serial', '-fingerprint', '-sha256').said
    const parsed = parseCertificate(der)
    expect(shown).toContain(namesOfOpenSsl)
    expect(shown).toContain(`CA:${isCa ? 'TRUE' : 'FALSE'}`)
    expect(shown).toContain(isCa ? 'Digital Signature, Certificate Sign, CRL Sign' : 'Digital Signature')
    expect(shown.toLowerCase()).toContain(`serial=${parsed?.serialNumber}`)
    expect(shown.toLowerCase().replaceAll(':', '')).toContain(parsed?.fingerprint)
  })
})

describe.each(asymmetricKeySpecs)('a key of %s', (keySpec) => {
  const passIn = ['-passin', `pass:${passphrase}`]
  const publicOf = (file: string, ...args: string[]) => Uint8Array.from(openssl('pkey', '-in', file, ...args, '-pubout', '-outform', 'DER').output)

  it('is read by openssl as PKCS#8, plain and encrypted', async () => {
    const key = await newKey(keySpec)
    const plain = write('plain.der', encodePkcs8(keySpec, key.material).use((bytes) => Uint8Array.from(bytes)))
    expect(publicOf(plain, '-inform', 'DER')).toEqual(key.publicKey)
    expect(openssl('pkey', '-in', plain, '-inform', 'DER', '-check', '-noout')).toMatchObject({ status: 0, said: 'Key is valid\n' })
    const encrypted = write('encrypted.der', await encodeEncryptedPkcs8(keySpec, key.material, utf8(passphrase)))
    expect(publicOf(encrypted, '-inform', 'DER', ...passIn)).toEqual(key.publicKey)
  })

  it('is read by openssl from PKCS#12, with its certificate', async () => {
    const key = await newKey(keySpec)
    const certificate = await certificateOf(key, certificateAlgorithms[keySpec][0] ?? 'ECDSA_SHA_256', true)
    const file = write('a.p12', await encodePkcs12(keySpec, key.material, [certificate], utf8(passphrase), 'a name 名'))
    const info = openssl('pkcs12', '-in', file, ...passIn, '-info', '-noout')
    expect(info.status).toBe(0)
    expect(info.said).toMatch(/MAC: sha256, Iteration 10000[^]*Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256/)
    const pem = openssl('pkcs12', '-in', file, ...passIn, '-nodes', '-nocerts').output
    expect(publicOf(write('key.pem', pem))).toEqual(key.publicKey)
    const certificates = openssl('pkcs12', '-in', file, ...passIn, '-nokeys', '-clcerts').output
    expect(fromPem('CERTIFICATE', certificates.toString('latin1'))).toEqual([certificate])
    expect(openssl('pkcs12', '-in', file, '-passin', 'pass:wrong', '-noout').status).not.toBe(0)
  })

  it('comes back from openssl in its own PKCS#12', async () => {
    const key = await newKey(keySpec)
    const plain = write('plain.der', encodePkcs8(keySpec, key.material).use((bytes) => Uint8Array.from(bytes)))
    openssl('pkey', '-in', plain, '-inform', 'DER', '-out', inFolder('key.pem'))
    const exported = openssl('pkcs12', '-export', '-inkey', inFolder('key.pem'), '-in', inFolder('key.pem'), '-nocerts', '-passout', `pass:${passphrase}`)
    expect(exported.status).toBe(0)
    const back = await decodePrivateKey(Uint8Array.from(exported.output), utf8(passphrase))
    expect([back.keySpec, back.publicKey]).toEqual([keySpec, key.publicKey])
    expect(key.material.use((bytes) => back.material.equals(bytes))).toBe(true)
  })
})
