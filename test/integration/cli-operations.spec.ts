import { constants, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OperationName } from '../../src-shared/contract/catalog'
import { guideAreas, guideOf } from '../../src-shared/contract/guide'
import { kmsName } from '../../src-main/faces/kms/names'
import { SoftHsm, softHsmModule } from '../support/softhsm'
import { runCliHere } from '../support/cli-here'

type Answer = Record<string, unknown>
type Values = Record<string, string>

const passphrase = 'correct horse battery staple'
const base = mkdtempSync(join(tmpdir(), 'keystead-operations-'))
const at = (name: string) => join(base, name)
const values: Values = {}
const ownVault = at('vault')
const hsm = new SoftHsm()

/** What an example needs beside the answers of the earlier ones, and what it answers when the services are started anew for it. */
interface Circumstances {
  before?: () => unknown
  /** The code of the refusal that is right here. */
  refusedWith?: string
  vault?: string
  request?: (example: Answer) => Answer
}

const circumstances: Partial<Record<OperationName, Circumstances>> = {
  deleteAlias: { before: () => run('CreateAlias', { AliasName: 'alias/old-name', KeyId: values['keyId'] }) },
  // A new key's first version is younger than seven days.
  createKeyVersion: { refusedWith: 'Rejected.LimitExceeded' },
  exportDataKey: { before: wrappingKey },
  importKeyMaterial: {},
  rehearseImport: { before: wrapMaterial },
  uploadCertificate: { before: issue },
  certificatePublicKeyEncrypt: { before: rsaCertificate },
  getTotpCode: { before: totpSecret },
  setSecretRotationTarget: { before: managedSecret },
  // The rotation of the example has ended.
  retrySecretRotation: { refusedWith: 'Rejected.StateModifiedFailed' },
  rollBackSecretRotation: { refusedWith: 'Rejected.StateModifiedFailed' },
  // What was read of a file ends with the process that has read it.
  remapSecretImport: { refusedWith: 'Forbidden.ResourceNotFound' },
  listImportRows: { refusedWith: 'Forbidden.ResourceNotFound' },
  runSecretImport: { refusedWith: 'Forbidden.ResourceNotFound' },
  listImportResults: { refusedWith: 'Forbidden.ResourceNotFound' },
  cancelSecretImport: { refusedWith: 'Forbidden.ResourceNotFound' },
  importTokenCertificate: { before: () => writeFileSync(at('certificate.pem'), values['tokenCertificate'] ?? '') },
  wrapTokenKey: { before: extractableKey },
  copyTokenKey: { before: secondToken },
  createVault: { vault: at('created'), request: (example) => ({ ...example, KdfTargetMs: 1 }) },
  restoreVault: { vault: at('restored') },
  // Without a keychain there is no quick unlock.
  unlockWithPin: { refusedWith: 'Forbidden.ResourceNotFound' },
  addQuickUnlock: { refusedWith: 'ServiceUnavailableTemporary' },
  addTokenSlot: { before: tokenKeys },
  // The slot of the recovery kit: the words are new by then.
  removeUnlockSlot: { before: keepSlot },
  // A job ends with the process that runs it.
  listJobFiles: { refusedWith: 'Forbidden.ResourceNotFound' },
  cancelJob: { refusedWith: 'Forbidden.ResourceNotFound' },
  resumeJob: { refusedWith: 'Forbidden.ResourceNotFound' },
  dismissJob: { refusedWith: 'Forbidden.ResourceNotFound' },
}

const steps = Object.values(guideAreas).flatMap((area) => Object.keys(area) as OperationName[])

describe('every operation of the guide on the command line', () => {
  beforeAll(async () => {
    writeFileSync(at('passphrase'), `${passphrase}\n`, { mode: 0o600 })
    await keystead(ownVault, 'init', '--kdf-target-ms', '1', '--recovery-kit', at('kit.txt'))
    await sampleKeys()
    values['softhsm'] = softHsmModule
    sampleFiles()
  }, 120_000)

  afterAll(() => {
    hsm.remove()
    rmSync(base, { recursive: true, force: true })
  })

  it.each(steps)(
    '%s',
    async (operation) => {
      const { before, refusedWith, vault = ownVault, request = (example: Answer) => example } = circumstances[operation] ?? {}
      await before?.()
      const guide = guideOf(operation)
      const parameters = request(filled(guide?.example ?? {}) as Answer)
      const { code, stdout, stderr } = await keystead(vault, 'call', kmsName(operation), parameters)
      if (refusedWith !== undefined) return expect({ code, ...(JSON.parse(stderr) as object) }).toMatchObject({ code: 1, Code: refusedWith })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const answer = JSON.parse(stdout) as Answer
      expect(answer['RequestId']).toMatch(/^[0-9a-f-]{36}$/)
      for (const [name, path] of Object.entries(guide?.keep ?? {})) values[name] = textAt(answer, path)
    },
    60_000,
  )
})

/** Keys that the examples speak of and that no example makes. */
async function sampleKeys(): Promise<void> {
  const made = async (name: string, request: Answer) => {
    const { KeyMetadata } = (await run('CreateKey', request)) as { KeyMetadata: { KeyId: string } }
    const versions = (await run('ListKeyVersions', { KeyId: KeyMetadata.KeyId })) as { KeyVersions: { KeyVersion: { KeyVersionId: string }[] } }
    values[`${name}KeyId`] = KeyMetadata.KeyId
    values[`${name}VersionId`] = versions.KeyVersions.KeyVersion[0]?.KeyVersionId ?? ''
  }
  await made('signing', { KeySpec: 'EC_P256' })
  await made('oldSigning', { KeySpec: 'EC_P256' })
  await made('rsa', { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT/DECRYPT' })
  await made('mac', { KeySpec: 'HMAC_SHA_256' })
  await made('external', { KeySpec: 'Aliyun_AES_256', Origin: 'EXTERNAL' })
  await made('exportable', { KeySpec: 'EC_P256', Exportable: true })
}

/** A token with a key to unlock with and one to sign with; those of the examples are gone by then. */
async function tokenKeys(): Promise<void> {
  hsm.initToken('Unlock', '123456', '12345678')
  await run('AddTokenModule', { Module: softHsmModule, Name: 'SoftHSM' })
  const { Tokens } = (await run('ListTokens', {})) as { Tokens: { TokenId: string; Label: string }[] }
  values['tokenId'] = Tokens.find(({ Label }) => Label === 'Unlock')?.TokenId ?? ''
  const made = async (KeySpec: string, Uses: string[]) => {
    const { Objects } = (await run('GenerateTokenKey', { TokenId: values['tokenId'], KeySpec, Label: KeySpec, Uses, UserPin: 'MTIzNDU2' })) as { Objects: { ObjectId: string }[] }
    return Objects[0]?.ObjectId ?? ''
  }
  values['objectId'] = await made('AES_256', ['encrypt', 'decrypt'])
  values['signingObjectId'] = await made('EC_P256', ['sign', 'verify'])
}

function sampleFiles(): void {
  mkdirSync(at('folder'))
  writeFileSync(at('file'), 'a file')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
  writeFileSync(at('private-key.pem'), privateKey)
  const kit = readFileSync(at('kit.txt'), 'utf8')
  const words = [...kit.matchAll(/^\s*\d+\. ([a-z]+)$/gm)].map(([, word]) => word)
  values['recoveryWords'] = Buffer.from(words.join(' ')).toString('base64')
  values['jobId'] = 'job-that-has-gone'
  writeFileSync(at('secrets.env'), 'TOKEN=a token\n')
  // A target of one's own: it takes every value and says so.
  writeFileSync(at('rotate.sh'), '#!/bin/sh\ncat > /dev/null\n', { mode: 0o700 })
  for (const name of ['folder', 'file', 'private-key.pem', 'exported.pem', 'certificate.pem', 'certificate.p12', 'vault.backup', 'file.keystead', ...secretFiles]) values[name] = at(name)
}

async function extractableKey(): Promise<void> {
  const request = { TokenId: values['tokenId'], KeySpec: 'AES_128', Label: 'extractable', Uses: ['encrypt'], IsExtractable: true, UserPin: 'MTIzNDU2' }
  const { Objects } = (await run('GenerateTokenKey', request)) as { Objects: { ObjectId: string }[] }
  values['extractableId'] = Objects[0]?.ObjectId ?? ''
}

async function secondToken(): Promise<void> {
  hsm.initToken('second', '123456', '12345678')
  const { Tokens } = (await run('ListTokens', {})) as { Tokens: { TokenId: string; Label: string }[] }
  values['secondTokenId'] = Tokens.find(({ Label }) => Label === 'second')?.TokenId ?? ''
}

const secretFiles = ['attachment', 'calendar.ics', 'rotate.sh', 'secrets.env', 'secrets.json']

async function totpSecret(): Promise<void> {
  const address = Buffer.from('otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(address.length)
  const Fields = [{ Name: 'totp', Kind: 'totp', IsSecret: true, IsGiven: true }]
  await run('SaveSecret', { Name: 'web/totp', Template: null, Fields, Values: Buffer.concat([length, address]).toString('base64') })
}

async function managedSecret(): Promise<void> {
  const SecretData = JSON.stringify({ Accounts: [{ AccountName: 'app', AccountPassword: 'first password' }] })
  const ExtendedConfig = JSON.stringify({ SecretSubType: 'SingleUser', DBInstanceId: 'local' })
  await run('CreateSecret', { SecretName: 'acme/database', SecretType: 'Rds', VersionId: 'v1', SecretData, ExtendedConfig })
}

function wrappingKey(): void {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'der' } })
  values['wrappingPublicKey'] = publicKey.toString('base64')
}

function wrapMaterial(): void {
  const key = createPublicKey({ key: Buffer.from(values['wrappingPublicKey'] ?? '', 'base64'), format: 'der', type: 'spki' })
  const wrapped = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, randomBytes(32))
  values['wrappedMaterial'] = wrapped.toString('base64')
}

/** A CA of the test signs the request of the example. */
function issue(): void {
  writeFileSync(at('request.csr'), values['csr'] ?? '')
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: base, stdio: 'ignore' })
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=Test CA', '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2')
  openssl('x509', '-req', '-in', 'request.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'issued.crt', '-days', '1', '-copy_extensions', 'copyall')
  values['issuedCertificate'] = readFileSync(at('issued.crt'), 'utf8')
}

async function rsaCertificate(): Promise<void> {
  const { CertificateId } = (await run('CreateSelfSignedCertificate', { KeyId: values['rsaKeyId'], Subject: 'CN=for encryption' })) as { CertificateId: string }
  values['rsaCertificateId'] = CertificateId
}

async function keepSlot(): Promise<void> {
  const { Slots } = (await run('ListUnlockSlots', {})) as { Slots: { SlotId: string; Kind: string }[] }
  values['slotId'] = Slots.find(({ Kind }) => Kind === 'recovery-kit')?.SlotId ?? ''
}

async function run(operation: string, request: Answer): Promise<Answer> {
  const { code, stdout, stderr } = await keystead(ownVault, 'call', operation, request)
  expect({ operation, code, stderr }).toEqual({ operation, code: 0, stderr: '' })
  return JSON.parse(stdout) as Answer
}

async function keystead(vault: string, ...[command = '', ...rest]: (string | Answer)[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const args = rest.map((argument) => (typeof argument === 'string' ? argument : JSON.stringify(argument)))
  const { stdout, ...result } = await runCliHere(at('settings'), ['--vault', vault, '--passphrase-file', at('passphrase'), String(command), ...args])
  return { ...result, stdout: stdout.toString() }
}

/** `<name>` becomes the value that an earlier answer gave. */
function filled(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/<([^>]+)>/g, (whole, name: string) => values[name] ?? whole)
  if (Array.isArray(value)) return value.map(filled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filled(item)]))
}

function textAt(answer: Answer, path: string): string {
  const found = path.split('.').reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Answer)[name] : undefined), answer)
  return typeof found === 'string' ? found : ''
}
