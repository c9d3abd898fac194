import type { tokenKeySchemas } from '../../../src-shared/contract/token-keys'
import type { TokenSummary, tokenSchemas } from '../../../src-shared/contract/tokens'
import type { FakeOperations } from './state'
import { tokenKeyOperations } from './token-key-operations'
import { fakeModuleId, type FakeToken } from './token-world'
import { refuse } from './refuse'

type TokenName = Extract<keyof FakeOperations, keyof typeof tokenSchemas | keyof typeof tokenKeySchemas>

const path = '/usr/lib/softhsm/libsofthsm2.so'
const module = { moduleId: fakeModuleId, name: 'SoftHSM', path, sha256: 'ab'.repeat(32), parameters: null, isRunning: true, file: 'ok', problem: null, examination: null } as const

/** One token in software with the PIN 123456 (officer 12345678), and what is on it. */
export function tokenOperations(world: FakeToken): Pick<FakeOperations, TokenName> {
  let pins = { user: '123456', so: '12345678' }
  const changed = (patch: Partial<TokenSummary>) => world.change(patch)
  const isRight = (pin: Uint8Array | undefined, role: 'user' | 'so') => new TextDecoder().decode(pin) === pins[role]
  const check = (pin: Uint8Array | undefined, role: 'user' | 'so') => {
    if (isRight(pin, role)) return
    world.token = { ...world.token, ...(role === 'user' ? { userPin: 'low' } : { soPin: 'low' }) }
    refuse('TOKEN_PIN_WRONG', { pinState: 'low' })
  }
  return {
    listTokenModules: async () => ({ modules: [{ ...module }] }),
    findTokenModules: async () => ({ modules: [{ name: 'SoftHSM', path, isAdded: true, module: `h-${'0'.repeat(32)}` }, { name: 'OpenSC', path: '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so', isAdded: false, module: `h-${'1'.repeat(32)}` }] }),
    chooseTokenModule: async () => ({ module: { name: 'libexample.so', path: '/opt/example/libexample.so', isAdded: false, module: `h-${'2'.repeat(32)}` } }),
    addTokenModule: async () => ({ module: { ...module } }),
    acceptTokenModule: async () => ({ module: { ...module } }),
    removeTokenModule: async () => ({}),
    listTokens: async () => ({ tokens: [world.token], emptySlots: 1, problems: [] }),
    listTokenMechanisms: async () => ({ mechanisms: [{ mechanism: '0x1087', name: 'CKM_AES_GCM', minKeySize: 16, maxKeySize: 32, uses: ['encrypt', 'decrypt', 'wrap', 'unwrap'], isHardware: false }] }),
    async logInToToken({ role = 'user', pin }) {
      check(pin, role)
      return changed({ login: role, userPin: 'ok', soPin: 'ok' })
    },
    logOutOfToken: async () => changed({ login: null }),
    listTokenVaultUses: async () => ({ uses: world.uses() }),
    async initToken({ label, soPin, userPin, confirmLoss = false }) {
      world.requireUnused(world.uses(), confirmLoss)
      check(soPin, 'so')
      world.objects = []
      if (userPin) pins = { ...pins, user: new TextDecoder().decode(userPin) }
      return changed({ label, login: null, userPin: userPin ? 'ok' : 'not-set' })
    },
    async setTokenUserPin({ soPin, newPin }) {
      check(soPin, 'so')
      pins = { ...pins, user: new TextDecoder().decode(newPin) }
      return changed({ userPin: 'ok', login: null })
    },
    async changeTokenPin({ role = 'user', pin, newPin }) {
      check(pin, role)
      pins = { ...pins, [role]: new TextDecoder().decode(newPin) }
      return changed({ login: null })
    },
    async listTokenObjects({ offset = 0, count = 100, search = '', classes = [] }) {
      const matching = world.objects.filter(({ objectClass, label }) => (classes.length === 0 || classes.includes(objectClass)) && label.includes(search))
      return { objects: matching.slice(offset, offset + count), matching: matching.length, read: world.objects.length, total: world.objects.length }
    },
    async getTokenObject({ objectId }) {
      const object = world.known(objectId)
      return { object, attributes: [{ name: 'CKA_CLASS', value: 'CKO_SECRET_KEY' }, { name: 'CKA_SENSITIVE', value: 'CK_TRUE' }], publicKeyPem: null, certificatePem: null, uri: `${world.token.uri};object=${object.label}` }
    },
    async renameTokenObject({ objectId, label, idHex }) {
      world.requireUnused(world.known(objectId).vaultUses)
      const object = { ...world.known(objectId), ...(label !== undefined && { label }), ...(idHex !== undefined && { idHex }) }
      world.objects = world.objects.map((each) => (each.objectId === objectId ? object : each))
      return { object }
    },
    async deleteTokenObjects({ objectIds, confirmLoss = false }) {
      const uses = objectIds.flatMap((objectId) => world.known(objectId).vaultUses)
      world.requireUnused(uses.filter(({ kind }) => kind !== 'other-vault'))
      world.requireUnused(uses, confirmLoss)
      world.objects = world.objects.filter(({ objectId }) => !objectIds.includes(objectId))
      return { deleted: objectIds.length }
    },
    previewTokenKey: async ({ label }) => ({ mechanism: 'CKM_AES_KEY_GEN', templates: [{ objectClass: 'secret-key', attributes: [{ name: 'CKA_LABEL', value: label }] }], problems: [] }),
    generateTokenKey: async ({ label, uses }) => ({ objects: [world.add({ label, uses })] }),
    ...tokenKeyOperations(world),
  }
}
