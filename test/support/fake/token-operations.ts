import type { TokenObject, TokenSummary } from '../../../src-shared/contract/tokens'
import type { FakeOperations, FakeState } from './state'
import { refuse } from './vault-operations'

type TokenName = Exclude<Extract<keyof FakeOperations, `${string}Token${string}`>, 'unlockWithToken' | 'addTokenSlot'>

const moduleId = 'm-00112233445566aa'
const path = '/usr/lib/softhsm/libsofthsm2.so'
const module = { moduleId, name: 'SoftHSM', path, sha256: 'ab'.repeat(32), parameters: null, isRunning: true, file: 'ok', problem: null } as const

export const sampleToken: TokenSummary = {
  tokenId: 't-00112233445566778899aabb',
  moduleId,
  moduleName: 'SoftHSM',
  slotId: 1,
  slotDescription: 'SoftHSM slot ID 0x1',
  label: 'Workstation token',
  serial: '46d35148479bcec2',
  manufacturer: 'SoftHSM project',
  model: 'SoftHSM v2',
  hardwareVersion: '2.6',
  firmwareVersion: '2.6',
  isInitialized: true,
  isSoftware: true,
  isRemovable: false,
  isWriteProtected: false,
  needsLogin: true,
  hasPinPad: false,
  login: null,
  userPin: 'ok',
  soPin: 'ok',
  minPinBytes: 4,
  maxPinBytes: 255,
  uri: 'pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial=46d35148479bcec2;token=Workstation%20token',
}

const sampleObject: TokenObject = {
  objectId: '0100000000000000-00112233445566aa',
  objectClass: 'secret-key',
  keyType: 'AES',
  kind: 'AES-256',
  label: 'backup',
  idHex: '01',
  uses: ['encrypt', 'decrypt'],
  isSensitive: true,
  isExtractable: false,
  wasAlwaysSensitive: true,
  wasNeverExtractable: true,
  isLocal: true,
  isPrivate: true,
  isModifiable: true,
  asksEachTime: false,
  subject: null,
  notAfter: null,
  application: null,
}

/** One token in software with the PIN 123456 (officer 12345678), and what is on it. */
export function tokenOperations(state: FakeState): Pick<FakeOperations, TokenName> {
  let token = sampleToken
  let objects = [sampleObject]
  let pins = { user: '123456', so: '12345678' }
  const changed = (patch: Partial<TokenSummary>) => {
    token = { ...token, ...patch }
    state.emit('tokensChanged', { tokenId: token.tokenId })
    return { token }
  }
  const isRight = (pin: Uint8Array | undefined, role: 'user' | 'so') => new TextDecoder().decode(pin) === pins[role]
  const check = (pin: Uint8Array | undefined, role: 'user' | 'so') => {
    if (isRight(pin, role)) return
    token = { ...token, ...(role === 'user' ? { userPin: 'low' } : { soPin: 'low' }) }
    refuse('TOKEN_PIN_WRONG', { pinState: 'low' })
  }
  const known = (objectId: string) => objects.find((object) => object.objectId === objectId) ?? refuse('TOKEN_OBJECT_NOT_FOUND')
  return {
    listTokenModules: async () => ({ modules: [{ ...module }] }),
    findTokenModules: async () => ({ modules: [{ name: 'SoftHSM', path, isAdded: true, module: `h-${'0'.repeat(32)}` }, { name: 'OpenSC', path: '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so', isAdded: false, module: `h-${'1'.repeat(32)}` }] }),
    chooseTokenModule: async () => ({ module: { name: 'libexample.so', path: '/opt/example/libexample.so', isAdded: false, module: `h-${'2'.repeat(32)}` } }),
    addTokenModule: async () => ({ module: { ...module } }),
    acceptTokenModule: async () => ({ module: { ...module } }),
    removeTokenModule: async () => ({}),
    listTokens: async () => ({ tokens: [token], emptySlots: 1, problems: [] }),
    listTokenMechanisms: async () => ({ mechanisms: [{ mechanism: '0x1087', name: 'CKM_AES_GCM', minKeySize: 16, maxKeySize: 32, uses: ['encrypt', 'decrypt', 'wrap', 'unwrap'], isHardware: false }] }),
    async logInToToken({ role = 'user', pin }) {
      check(pin, role)
      return changed({ login: role, userPin: 'ok', soPin: 'ok' })
    },
    logOutOfToken: async () => changed({ login: null }),
    async initToken({ label, soPin, userPin }) {
      check(soPin, 'so')
      objects = []
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
      const matching = objects.filter(({ objectClass, label }) => (classes.length === 0 || classes.includes(objectClass)) && label.includes(search))
      return { objects: matching.slice(offset, offset + count), matching: matching.length, read: objects.length, total: objects.length }
    },
    async getTokenObject({ objectId }) {
      const object = known(objectId)
      return { object, attributes: [{ name: 'CKA_CLASS', value: '4' }, { name: 'CKA_SENSITIVE', value: 'CK_TRUE' }], publicKeyPem: null, certificatePem: null, uri: `${token.uri};object=${object.label}` }
    },
    async renameTokenObject({ objectId, label, idHex }) {
      const object = { ...known(objectId), ...(label !== undefined && { label }), ...(idHex !== undefined && { idHex }) }
      objects = objects.map((each) => (each.objectId === objectId ? object : each))
      return { object }
    },
    async deleteTokenObjects({ objectIds }) {
      objects = objects.filter(({ objectId }) => !objectIds.includes(objectId))
      return { deleted: objectIds.length }
    },
    previewTokenKey: async ({ label }) => ({ mechanism: 'CKM_AES_KEY_GEN', templates: [{ objectClass: 'secret-key', attributes: [{ name: 'CKA_LABEL', value: label }] }], problems: [] }),
    async generateTokenKey({ label, uses }) {
      const number = String(objects.length + 1).padStart(2, '0')
      const object = { ...sampleObject, objectId: `${number}00000000000000-00112233445566aa`, label, uses, idHex: number }
      objects = [...objects, object]
      return { objects: [object] }
    },
  }
}
