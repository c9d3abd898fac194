import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pinBytes, tokenServices, type TokenServices } from '../support/token-fixture'
import { SoftHsm, softHsmModule } from '../support/softhsm'

let hsm: SoftHsm
let services: TokenServices

beforeAll(async () => {
  hsm = new SoftHsm()
  services = await tokenServices('life')
  await services.addModule(softHsmModule)
})

afterAll(async () => {
  await services.close()
  hsm.remove()
})

async function onlyToken() {
  const { tokens } = await services.run('listTokens', {})
  const initialized = tokens.filter(({ isInitialized }) => isInitialized)
  expect(initialized).toHaveLength(1)
  return initialized[0]!
}

describe('a token in software', () => {
  it('is initialised, and its user PIN set, from an empty slot', async () => {
    const { tokens } = await services.run('listTokens', {})
    expect(tokens).toMatchObject([{ isInitialized: false, label: '', isSoftware: true, userPin: 'not-set', soPin: 'not-set' }])
    const { token } = await services.run('initToken', { tokenId: tokens[0]!.tokenId, label: 'Schlüssel ключ', soPin: pinBytes('12345678'), userPin: pinBytes('пин-1234') })
    expect(token).toMatchObject({ isInitialized: true, label: 'Schlüssel ключ', userPin: 'ok', soPin: 'ok', login: null })
    expect(hsm.pkcs11Tool('--list-token-slots')).toContain('Schlüssel ключ')
  })

  it('says that a PIN was wrong, once, and what is known of the tries', async () => {
    const { tokenId } = await onlyToken()
    await expect(services.run('logInToToken', { tokenId, pin: pinBytes('0000') })).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG', details: { ckr: 'CKR_PIN_INCORRECT', pinState: 'low', tokenLabel: 'Schlüssel ключ' } })
    expect(await onlyToken()).toMatchObject({ userPin: 'low', login: null })
    const { token } = await services.run('logInToToken', { tokenId, pin: pinBytes('пин-1234') })
    expect(token).toMatchObject({ login: 'user', userPin: 'ok' })
  })

  it('generates keys that another program sees as they are shown', async () => {
    const { tokenId } = await onlyToken()
    const aes = await services.run('generateTokenKey', { tokenId, keySpec: 'AES_256', label: 'backup', idHex: 'a1', uses: ['encrypt', 'decrypt'] })
    expect(aes.objects).toMatchObject([{ objectClass: 'secret-key', kind: 'AES-256', label: 'backup', idHex: 'a1', uses: ['encrypt', 'decrypt'], isSensitive: true, isExtractable: false, wasNeverExtractable: true, isLocal: true }])
    const rsa = await services.run('generateTokenKey', { tokenId, keySpec: 'RSA_2048', label: 'signer', idHex: 'b2', uses: ['sign', 'verify'] })
    expect(rsa.objects).toMatchObject([
      { objectClass: 'private-key', kind: 'RSA 2048', uses: ['sign'], isSensitive: true },
      { objectClass: 'public-key', kind: 'RSA 2048', uses: ['verify'] },
    ])
    const ec = await services.run('generateTokenKey', { tokenId, keySpec: 'EC_P384', label: 'curve', idHex: 'c3', uses: ['sign', 'verify'] })
    expect(ec.objects.map(({ kind }) => kind)).toEqual(['P-384', 'P-384'])
    const listed = hsm.pkcs11Tool('--login', '--pin', 'пин-1234', '--list-objects')
    for (const line of [/Secret Key Object; AES length 32\s+label:\s+backup\s+ID:\s+a1/, /Private Key Object; RSA\s+label:\s+signer\s+ID:\s+b2/, /Public Key Object; EC\s+EC_POINT 384 bits/]) expect(listed).toMatch(line)
  })

  it('lists, searches, renames and deletes objects', async () => {
    const { tokenId } = await onlyToken()
    const all = await services.run('listTokenObjects', { tokenId })
    expect(all).toMatchObject({ matching: 5, read: 5, total: 5 })
    const [found] = (await services.run('listTokenObjects', { tokenId, search: 'BACK', classes: ['secret-key'] })).objects
    const { object } = await services.run('renameTokenObject', { tokenId, objectId: found!.objectId, label: 'archive' })
    expect(object).toMatchObject({ label: 'archive', idHex: 'a1' })
    // What was listed before it was renamed names something that is not there any more.
    await expect(services.run('deleteTokenObjects', { tokenId, objectIds: [found!.objectId] })).rejects.toMatchObject({ code: 'TOKEN_OBJECT_NOT_FOUND' })
    await services.run('deleteTokenObjects', { tokenId, objectIds: [object.objectId] })
    expect(hsm.pkcs11Tool('--login', '--pin', 'пин-1234', '--list-objects')).not.toContain('Secret Key Object')
  })

  it('gives the public key of a private key, and the names of its attributes', async () => {
    const { tokenId } = await onlyToken()
    const [signer] = (await services.run('listTokenObjects', { tokenId, search: 'curve', classes: ['private-key'] })).objects
    const { publicKeyPem, attributes, uri } = await services.run('getTokenObject', { tokenId, objectId: signer!.objectId })
    expect(publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----/)
    expect(attributes).toContainEqual({ name: 'CKA_SENSITIVE', value: 'CK_TRUE' })
    expect(uri).toMatch(/^pkcs11:serial=[0-9a-f]+;token=Schl%C3%BCssel%20%D0%BA%D0%BB%D1%8E%D1%87;object=curve;type=private;id=%C3$/)
  })

  it('refuses what makes no sense before the token is asked', async () => {
    const { tokenId } = await onlyToken()
    await expect(services.run('generateTokenKey', { tokenId, keySpec: 'EC_P256', label: 'x', uses: ['encrypt'] })).rejects.toMatchObject({ code: 'TOKEN_TEMPLATE_REFUSED', details: { templateProblem: 'use-not-possible' } })
    const { problems } = await services.run('previewTokenKey', { tokenId, keySpec: 'AES_256', label: 'x', uses: ['wrap', 'decrypt'], isExtractable: true, isSensitive: false })
    expect(problems).toEqual([{ problem: 'wrap-and-decrypt', isFatal: false }, { problem: 'readable', isFatal: false }, { problem: 'extractable', isFatal: false }])
  })

  it('changes PINs, and the officer sets a new one', async () => {
    const { tokenId } = await onlyToken()
    await services.run('changeTokenPin', { tokenId, pin: pinBytes('пин-1234'), newPin: pinBytes('another 5') })
    await expect(services.run('logInToToken', { tokenId, pin: pinBytes('пин-1234') })).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG' })
    await services.run('changeTokenPin', { tokenId, role: 'so', pin: pinBytes('12345678'), newPin: pinBytes('87654321') })
    await services.run('setTokenUserPin', { tokenId, soPin: pinBytes('87654321'), newPin: pinBytes('set by so') })
    expect((await services.run('logInToToken', { tokenId, pin: pinBytes('set by so') })).token.login).toBe('user')
    expect((await services.run('logOutOfToken', { tokenId })).token.login).toBeNull()
  })
})
