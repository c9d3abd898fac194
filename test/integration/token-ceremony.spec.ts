import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OperationName } from '../../src-shared/contract/catalog'
import type { RequestInput, Response } from '../../src-shared/contract/operations'
import { noDesktop } from '../../src-main/operations/no-desktop'
import { createTestVault } from '../support/composed-application'
import { pinBytes, tokenServices, type TokenServices } from '../support/token-fixture'
import { SoftHsm, softHsmModule } from '../support/softhsm'

const pages: string[] = []
let hsm: SoftHsm
let services: TokenServices
let protocolFile = ''
const participants = ['Ada', 'Bob', 'Eve']
let shares: string[][] = []
let made: Response<'finishKeyCeremony'>['ceremony']

/** As the window does it: ceremonies are not for the command line. */
const run = <N extends OperationName>(operation: N, request: RequestInput<N>): Promise<Response<N>> => services.application.dispatcher.run(operation, request, { face: 'ipc', client: 'window' })

beforeAll(async () => {
  hsm = new SoftHsm()
  hsm.initToken('first', '123456', '12345678')
  hsm.initToken('second', '654321', '12345678')
  const desktop = { ...noDesktop('0.0.0'), printPage: (html: Uint8Array) => Promise.resolve(pages.push(new TextDecoder().decode(html)) > 0), chooseSaveTarget: () => Promise.resolve(protocolFile) }
  services = await tokenServices('ceremony', { desktop })
  protocolFile = join(services.folder, 'protocol.txt')
  await createTestVault(services.application)
  await services.addModule(softHsmModule)
})

afterAll(async () => {
  await services.close()
  hsm.remove()
})

async function tokenIdOf(label: string): Promise<string> {
  const { tokens } = await run('listTokens', {})
  return tokens.find((token) => token.label === label)!.tokenId
}

const typed = (words: readonly string[]) => new TextEncoder().encode(words.join(' '))
const idOf = async (tokenLabel: string) => (await run('listTokenObjects', { tokenId: await tokenIdOf(tokenLabel), search: 'master' })).objects[0]!

describe('a key ceremony', () => {
  it('makes a key, gives every custodian a share, and puts the key on the token', async () => {
    const { ceremony } = await run('startKeyCeremony', { tokenId: await tokenIdOf('first'), label: 'master', split: { keySpec: 'AES_256', threshold: 2, participants } })
    const { ceremonyId } = ceremony
    for (const number of [1, 2, 3]) {
      const { shareWords } = await run('showCeremonyShare', { ceremonyId, number })
      if (number === 1) await run('printCeremonyShare', { ceremonyId, number })
      await run('confirmCeremonyShare', { ceremonyId, number, words: typed(shareWords) })
      shares = [...shares, shareWords]
    }
    await expect(run('finishKeyCeremony', { ceremonyId })).rejects.toMatchObject({ code: 'TOKEN_LOGIN_NEEDED' })
    await expect(run('finishKeyCeremony', { ceremonyId, userPin: pinBytes('000000') })).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG', details: { pinState: 'low' } })
    made = (await run('finishKeyCeremony', { ceremonyId, userPin: pinBytes('123456') })).ceremony
    expect(made).toMatchObject({ isFinished: true, keyCheckValue: ceremony.keyCheckValue })
    expect(pages).toHaveLength(1)
    for (const word of shares[0]!) expect(pages[0]).toContain(`<li>${word}</li>`)
  })

  it('leaves a key that another program sees, and that does not leave the token', async () => {
    const object = await idOf('first')
    expect(object).toMatchObject({ objectClass: 'secret-key', kind: 'AES-256', uses: ['encrypt', 'decrypt'], isSensitive: true, isExtractable: false })
    const listed = hsm.pkcs11Tool('--token-label', 'first', '--login', '--pin', '123456', '--list-objects')
    expect(listed).toMatch(/Secret Key Object; AES length 32\s+label:\s+master/)
    expect(listed).toMatch(/Usage:\s+encrypt, decrypt\n\s+Access:\s+sensitive/)
  })

  it('writes a protocol of what was done, which the token has confirmed', async () => {
    const { ceremonyId } = made
    const { protocol } = await run('getCeremonyProtocol', { ceremonyId })
    const serial = (await run('listTokens', {})).tokens.find(({ label }) => label === 'first')!.serial
    expect(protocol).toMatchObject({ token: { label: 'first', serial, isSoftware: true }, threshold: 2, shareCount: 3, keyCheckValue: made.keyCheckValue, key: { idHex: (await idOf('first')).idHex } })
    expect(protocol.steps.map(({ step }) => step)).toEqual(['started', 'key-known', 'share-printed', 'share-confirmed', 'share-confirmed', 'share-confirmed', 'key-written', 'key-checked'])
    expect(await run('saveCeremonyProtocol', { ceremonyId })).toEqual({ fileName: 'protocol.txt' })
    expect(readFileSync(protocolFile, 'utf8')).toContain(`Key check value: ${made.keyCheckValue}\n`)
    await run('printCeremonyProtocol', { ceremonyId })
    expect(pages[1]).toContain('The token worked out the same key check value')
    const { entries } = await run('listAuditEntries', { count: 500 })
    for (const operation of ['startKeyCeremony', 'showCeremonyShare', 'printCeremonyShare', 'confirmCeremonyShare', 'saveCeremonyProtocol']) expect(entries).toContainEqual(expect.objectContaining({ operation, result: 'ok' }))
    expect(entries.filter(({ operation, result }) => operation === 'finishKeyCeremony' && result === 'refused')).toHaveLength(2)
  })

  it('puts the key together from enough shares on another token, where it is the same key', async () => {
    const second = await tokenIdOf('second')
    const { ceremony } = await run('startKeyCeremony', { tokenId: second, label: 'master' })
    const { ceremonyId } = ceremony
    await expect(run('getCeremonyProtocol', { ceremonyId: made.ceremonyId })).rejects.toMatchObject({ code: 'CEREMONY_NOT_FOUND' })
    await run('addCeremonyShare', { ceremonyId, participant: 'Eve', words: typed(shares[2]!) })
    await expect(run('finishKeyCeremony', { ceremonyId, userPin: pinBytes('654321') })).rejects.toMatchObject({ code: 'SHARES_TOO_FEW' })
    const { ceremony: known } = await run('addCeremonyShare', { ceremonyId, participant: 'Ada', words: typed(shares[0]!) })
    expect(known).toMatchObject({ keyCheckValue: made.keyCheckValue, setId: made.setId, isReady: true })
    await run('finishKeyCeremony', { ceremonyId, userPin: pinBytes('654321') })
    const { protocol } = await run('getCeremonyProtocol', { ceremonyId })
    expect(protocol.steps.at(-1)).toMatchObject({ step: 'key-checked' })

    // What was encrypted with the first is decrypted with the second, by another program.
    const [plain, cipher, back] = ['plain', 'cipher', 'back'].map((name) => join(services.folder, name)) as [string, string, string]
    const text = 'sixteen bytes ..'
    writeFileSync(plain, text)
    const use = (label: string, pin: string, id: string, ...more: string[]) => hsm.pkcs11Tool('--token-label', label, '--login', '--pin', pin, '--id', id, '--mechanism', 'AES-CBC-PAD', '--iv', '00'.repeat(16), ...more)
    use('first', '123456', (await idOf('first')).idHex, '--encrypt', '--input-file', plain, '--output-file', cipher)
    use('second', '654321', (await idOf('second')).idHex, '--decrypt', '--input-file', cipher, '--output-file', back)
    expect(readFileSync(cipher).includes(text)).toBe(false)
    expect(readFileSync(back, 'utf8')).toBe(text)
  })

  it('says that a key for wrapping could not be checked on the token', async () => {
    const { ceremony } = await run('startKeyCeremony', { tokenId: await tokenIdOf('first'), label: 'wrapper', purpose: 'wrap', split: { keySpec: 'AES_128', threshold: 2, participants: ['Ada', 'Bob'] } })
    const { ceremonyId } = ceremony
    for (const number of [1, 2]) {
      const { shareWords } = await run('showCeremonyShare', { ceremonyId, number })
      expect(shareWords).toHaveLength(17)
      await run('confirmCeremonyShare', { ceremonyId, number, words: typed(shareWords) })
    }
    await run('finishKeyCeremony', { ceremonyId })
    expect((await run('getCeremonyProtocol', { ceremonyId })).protocol.steps.at(-1)).toMatchObject({ step: 'key-not-checked' })
  })

  it('ends with the lock, is refused for a token without a PIN, and is not for the command line', async () => {
    const { tokens } = await run('listTokens', {})
    const empty = tokens.find(({ isInitialized }) => !isInitialized)!
    await expect(run('startKeyCeremony', { tokenId: empty.tokenId, label: 'master' })).rejects.toMatchObject({ code: 'TOKEN_PIN_NOT_SET' })
    await expect(services.run('startKeyCeremony', { tokenId: empty.tokenId, label: 'master' })).rejects.toMatchObject({ code: 'UNKNOWN_OPERATION' })
    const plan = { keySpec: 'AES_256', threshold: 3, participants: ['Ada', ' Ada '] } as const
    await expect(run('startKeyCeremony', { tokenId: await tokenIdOf('first'), label: 'x', split: { ...plan, participants: [...plan.participants] } })).rejects.toMatchObject({ code: 'INVALID_PARAMETER' })
    const { ceremony } = await run('startKeyCeremony', { tokenId: await tokenIdOf('first'), label: 'master' })
    await run('lockVault', {})
    await expect(run('getCeremonyProtocol', { ceremonyId: ceremony.ceremonyId })).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    await run('unlockVault', { passphrase: new TextEncoder().encode('correct horse battery staple') })
    await expect(run('getCeremonyProtocol', { ceremonyId: ceremony.ceremonyId })).rejects.toMatchObject({ code: 'CEREMONY_NOT_FOUND' })
  })
})
