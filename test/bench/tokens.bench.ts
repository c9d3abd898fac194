import { randomBytes } from 'node:crypto'
import pkcs11, { type Handle } from 'pkcs11js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TokenKeySpec, TokenKeyUse } from '../../src-shared/model/tokens'
import type { MechanismUse, ObjectRef } from '../../src-main/tokens/host/calls'
import { mechanismOf } from '../../src-main/tokens/host/mechanisms'
import { refOf } from '../../src-main/tokens/object-view'
import { cka, ckm, cko } from '../../src-main/tokens/pkcs11'
import { objectView } from '../../src-main/tokens/token-objects'
import { SoftHsm, softHsmModule } from '../support/softhsm'
import { pinBytes, tokenServices, type TokenServices } from '../support/token-fixture'
import { median, report, timed } from './support'

const pin = '12345678'
const roundMs = 200
const rounds = 7
const many = 10_000

let hsm: SoftHsm
let services: TokenServices
let tokenId: string
const module = new pkcs11.PKCS11()
let session: Handle

beforeAll(async () => {
  hsm = new SoftHsm()
  hsm.initToken('bench', pin, pin)
  services = await tokenServices('bench')
  const { moduleId } = await services.addModule(softHsmModule)
  const { tokens } = await services.run('listTokens', {})
  tokenId = tokens.find((token) => token.moduleId === moduleId && token.isInitialized)!.tokenId
  await services.run('logInToToken', { tokenId, pin: pinBytes(pin) })
  // The peer: the same module, loaded here, without a process in between.
  module.load(softHsmModule)
  module.C_Initialize()
  const slot = module.C_GetSlotList(true).find((candidate) => module.C_GetTokenInfo(candidate).label.trim() === 'bench')!
  session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION)
  module.C_Login(session, pkcs11.CKU_USER, pin)
})

afterAll(async () => {
  await services.close()
  module.C_Finalize()
  hsm.remove()
})

/** Calls per second, `side` of them under way at a time. */
async function rateOf(work: () => unknown, side: number): Promise<number> {
  const started = performance.now()
  let calls = 0
  while (performance.now() - started < roundMs) {
    await Promise.all(Array.from({ length: side }, work))
    calls += side
  }
  return (calls * 1000) / (performance.now() - started)
}

async function newKey(keySpec: TokenKeySpec, uses: TokenKeyUse[]): Promise<{ ref: ObjectRef; native: Handle }> {
  const { objects } = await services.run('generateTokenKey', { tokenId, keySpec, label: keySpec, idHex: randomBytes(8).toString('hex'), uses })
  const ref = refOf(await objectView(services.application.tokens, { tokenId, objectId: objects[0]!.objectId }))
  module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_ID, value: Buffer.from(objects[0]!.idHex, 'hex') }, { type: pkcs11.CKA_CLASS, value: objects[0]!.objectClass === 'secret-key' ? pkcs11.CKO_SECRET_KEY : pkcs11.CKO_PRIVATE_KEY }])
  const [native] = module.C_FindObjects(session, 1)
  module.C_FindObjectsFinal(session)
  return { ref, native: native! }
}

const gcm: MechanismUse = { mechanism: ckm.aesGcm, parameters: { kind: 'gcm', iv: new Uint8Array(12).fill(1), associatedData: new Uint8Array(0), tagBits: 128 } }
const plain = (mechanism: number): MechanismUse => ({ mechanism, parameters: { kind: 'none' } })
const cases: [name: string, TokenKeySpec, TokenKeyUse[], 'encrypt' | 'sign', MechanismUse, length: number][] = [
  ['AES-GCM of 5 bytes', 'AES_256', ['encrypt', 'decrypt'], 'encrypt', gcm, 5],
  ['RSA 2048 signature', 'RSA_2048', ['sign', 'verify'], 'sign', plain(ckm.sha256RsaPkcs), 32],
  ['ECDSA P-256 signature', 'EC_P256', ['sign', 'verify'], 'sign', plain(ckm.ecdsa), 32],
]

describe('calls per second of a token, against the module loaded directly', () => {
  it.each(cases)('%s', async (name, keySpec, uses, call, use, length) => {
    const { ref, native } = await newKey(keySpec, uses)
    const data = Buffer.alloc(length, 7)
    const request = { ...use, key: ref, data, contextPin: null }
    const ours = () => services.application.tokens.call(tokenId, call, request)
    const direct = () => {
      if (call === 'encrypt') {
        module.C_EncryptInit(session, mechanismOf(use), native)
        return module.C_Encrypt(session, data, Buffer.alloc(64))
      }
      module.C_SignInit(session, mechanismOf(use), native)
      return module.C_Sign(session, data, Buffer.alloc(512))
    }
    expect(await ours()).toHaveLength(direct().length)
    const counted: { alone: number; beside: number; direct: number }[] = []
    for (let round = 0; round <= rounds; round += 1) {
      const rates = { alone: await rateOf(ours, 1), beside: await rateOf(ours, 16), direct: await rateOf(direct, 1) }
      if (round > 0) counted.push(rates)
    }
    const middle = (of: (rates: (typeof counted)[number]) => number) => median(counted.map(of))
    report(`${name}: ${middle((r) => r.alone).toFixed(0)}/s one after the other, ${middle((r) => r.beside).toFixed(0)}/s side by side; direct ${middle((r) => r.direct).toFixed(0)}/s; ratios ${middle((r) => r.alone / r.direct).toFixed(2)} and ${middle((r) => r.beside / r.direct).toFixed(2)} (goal 0.7)`)
  })

  it(`lists ${many} objects`, async () => {
    const { tokens } = services.application
    // Objects of the session: the token need not write each to the disk.
    const template = (at: number) => [{ type: cka.class, value: cko.data }, { type: cka.token, value: false }, { type: cka.label, value: `object ${at}` }]
    for (let at = 0; at < many; at += 500) await Promise.all(Array.from({ length: 500 }, (_, index) => tokens.call(tokenId, 'createObject', { template: template(at + index) })))
    const first = await timed(() => tokens.objects(tokenId, true))
    const rest = await timed(async () => (await tokens.objects(tokenId)).whole())
    const { total, read } = await services.run('listTokenObjects', { tokenId })
    expect(read).toBe(total)
    report(`${total} objects: the first rows after ${first.toFixed(0)} ms, all after ${(first + rest).toFixed(0)} ms`)
  })
})
