import { mkdirSync, renameSync, writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TokenKeySpec, TokenKeyUse } from '../../src-shared/model/tokens'
import { parseHeader, serialiseHeader } from '../../src-main/vault/header'
import { testPassphrase } from '../support/composed-application'
import { SoftHsm, softHsmModule } from '../support/softhsm'
import { pinBytes, tokenServices, type TokenServices } from '../support/token-fixture'
import { runCli } from '../support/cli'

const label = 'Workstation'
const pin = () => pinBytes('123456')

let hsm: SoftHsm
let services: TokenServices
let serial: string
const run: TokenServices['run'] = (operation, request) => services.run(operation, request)
const tokensFolder = () => join(hsm.folder, 'tokens')
const vaultJson = () => join(services.folder, 'vault', 'vault.json')

beforeAll(async () => {
  hsm = new SoftHsm()
  hsm.initToken(label, '123456', '12345678')
  services = await tokenServices('unlock')
  await services.addModule(softHsmModule)
  serial = (await token()).serial
  await run('createVault', { passphrase: testPassphrase(), kdfTargetMs: 1 })
}, 60_000)

afterAll(async () => {
  await services.close()
  hsm.remove()
})

async function token() {
  const { tokens } = await run('listTokens', {})
  const found = tokens.find((each) => each.label === label && (serial === undefined || each.serial === serial))
  if (!found) throw new Error('the token is not there')
  return found
}

/** A key made on the token; of a pair, the private one. */
async function keyOn(keySpec: TokenKeySpec, uses: TokenKeyUse[], idHex: string) {
  const { tokenId } = await token()
  const { objects } = await run('generateTokenKey', { tokenId, keySpec, label: keySpec, idHex, uses, userPin: pin() })
  return { tokenId, objectId: objects[0]!.objectId }
}

async function locked(): Promise<void> {
  await run('lockVault', {})
}

describe('a token as a way to unlock', () => {
  const keys = [['AES_256', ['encrypt', 'decrypt'], 'a1', 'AES_GCM'], ['RSA_2048', ['encrypt', 'decrypt'], 'b2', 'RSA_OAEP_SHA_256']] as const
  for (const [keySpec, uses, idHex, algorithm] of keys) {
    it(`opens the vault with a key ${keySpec} and the PIN, and is not logged in to afterwards`, async () => {
      const key = await keyOn(keySpec, [...uses], idHex)
      const { slot } = await run('addTokenSlot', { passphrase: testPassphrase(), ...key, userPin: pin() })
      expect(slot).toMatchObject({ kind: 'token', token: { label, serial, algorithm } })
      await locked()
      const { status } = await run('unlockWithToken', { slotId: slot.slotId, pin: pin() })
      expect(status.state).toBe('unlocked')
      expect((await token()).login).toBeNull()
      expect((await run('listUnlockSlots', {})).slots.find(({ slotId }) => slotId === slot.slotId)?.lastUsedAt).not.toBeNull()
    }, 60_000)
  }

  it('asks the token for its PIN also where somebody is logged in to it already, and leaves that login', async () => {
    const { tokenId } = await token()
    await run('logInToToken', { tokenId, pin: pin() })
    await expect(run('unlockWithToken', { pin: pinBytes('000000') })).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG' })
    await run('unlockWithToken', { pin: pin() })
    expect((await token()).login).toBeNull()
    await run('logInToToken', { tokenId, pin: pin() })
    await run('unlockWithToken', { pin: pin() })
    expect((await token()).login).toBe('user')
  })

  it('takes no key that cannot decrypt', async () => {
    const signing = await keyOn('RSA_2048', ['sign', 'verify'], 'c3')
    await expect(run('addTokenSlot', { passphrase: testPassphrase(), ...signing })).rejects.toMatchObject({ code: 'TOKEN_KEY_USE_REFUSED' })
    const curve = await keyOn('EC_P256', ['sign', 'verify'], 'd4')
    await expect(run('addTokenSlot', { passphrase: testPassphrase(), ...curve })).rejects.toMatchObject({ code: 'TOKEN_KEY_USE_REFUSED' })
  }, 60_000)

  it('tries a wrong PIN once, says what is known of the tries, and notes it', async () => {
    await locked()
    await expect(run('unlockWithToken', { pin: pinBytes('000000') })).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG', details: { pinState: 'low', tokenLabel: label } })
    expect((await run('vaultStatus', {})).status.state).toBe('locked')
    await run('unlockWithToken', { pin: pin() })
    const { entries } = await run('listAuditEntries', { operation: 'unlockWithToken', count: 2 })
    expect(entries).toMatchObject([{ result: 'ok' }, { result: 'refused', code: 'TOKEN_PIN_WRONG' }])
  })

  it('names the token that is missing, also when another one has its label', async () => {
    await locked()
    await services.application.tokens.close()
    renameSync(tokensFolder(), `${tokensFolder()}-away`)
    mkdirSync(tokensFolder())
    hsm.initToken(label, '123456', '12345678')
    await expect(run('unlockWithToken', { pin: pin() })).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND', details: { tokenLabel: label } })
    expect((await run('listTokens', {})).tokens.find((each) => each.label === label)).toMatchObject({ userPin: 'ok' })
    await services.application.tokens.close()
    renameSync(tokensFolder(), `${tokensFolder()}-other`)
    renameSync(`${tokensFolder()}-away`, tokensFolder())
    expect((await run('unlockWithToken', { pin: pin() })).status.state).toBe('unlocked')
  })

  it('opens nothing once its entry was changed', async () => {
    await locked()
    const original = readFileSync(vaultJson())
    const header = parseHeader(original)
    const flip = (text: string) => Buffer.from(Buffer.from(text, 'base64').map((byte, at) => (at === 20 ? byte ^ 1 : byte))).toString('base64')
    const changed = header.slots.map((slot) => (slot.kind === 'token' ? { ...slot, encryptedSecret: flip(slot.encryptedSecret) } : slot))
    writeFileSync(vaultJson(), serialiseHeader({ ...header, slots: changed }))
    const slots = (await run('vaultStatus', {})).status.tokenSlots
    expect(slots).toHaveLength(2)
    for (const { slotId } of slots) await expect(run('unlockWithToken', { slotId, pin: pin() })).rejects.toMatchObject({ code: 'TOKEN_SLOT_REFUSED', details: { tokenLabel: label } })
    writeFileSync(vaultJson(), original)
    expect((await run('unlockWithToken', { pin: pin() })).status.state).toBe('unlocked')
  })

  it('signs the audit log, which tells later whether it is the one that was signed', async () => {
    const rsa = await keyOn('RSA_2048', ['sign', 'verify'], 'e5')
    const p384 = await keyOn('EC_P384', ['sign', 'verify'], 'f6')
    const first = await run('signAuditLog', { ...rsa, userPin: pin() })
    const second = await run('signAuditLog', { ...p384, userPin: pin() })
    expect(first.signature).toMatchObject({ algorithm: 'RSA_PKCS1_SHA_256', tokenLabel: label, tokenSerial: serial })
    expect(second.signature).toMatchObject({ algorithm: 'ECDSA_SHA_384', sequence: first.signature.sequence + 1 })
    const { intact, signatures } = await run('verifyAudit', {})
    expect(intact).toBe(true)
    expect(signatures).toEqual([{ ...second.signature, outcome: 'valid' }, { ...first.signature, outcome: 'valid' }])
  }, 60_000)

  it('serves the command line, with the PIN from a file', async () => {
    await locked()
    await services.application.dispose()
    const pinFile = join(services.folder, 'pin')
    writeFileSync(pinFile, '123456\n', { mode: 0o600 })
    const data = { XDG_DATA_HOME: services.folder, XDG_CONFIG_HOME: services.folder, HOME: services.folder, SOFTHSM2_CONF: hsm.configuration }
    const keystead = (...args: string[]) => runCli(['--vault', join(services.folder, 'vault'), '--unlock-token', label, '--token-pin-file', pinFile, ...args], { env: data })
    const added = await keystead('call', 'AddTokenModule', JSON.stringify({ Module: softHsmModule }))
    expect(added).toMatchObject({ code: 0, stderr: '' })
    const { code, stdout, stderr } = await keystead('audit', '--verify')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [chain, ...signatures] = stdout.toString().trim().split('\n').map((line) => JSON.parse(line) as object)
    expect(chain).toMatchObject({ Intact: true })
    expect(signatures).toMatchObject([{ Algorithm: 'ECDSA_SHA_384', TokenLabel: label, Outcome: 'valid' }, { Algorithm: 'RSA_PKCS1_SHA_256', Outcome: 'valid' }])
    writeFileSync(pinFile, '000000\n')
    expect(JSON.parse((await keystead('audit', '--verify')).stderr)).toMatchObject({ Code: 'Forbidden.NoPermission' })
  }, 60_000)
})
