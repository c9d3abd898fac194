import type { TokenObject, TokenSummary, VaultUse } from '../../../src-shared/contract/tokens'
import type { KeySpec } from '../../../src-shared/model/keys'
import { tokenSpecs } from '../../../src-shared/model/tokens'
import type { FakeState } from './state'
import { refuse } from './refuse'

const fakeInstanceId = 'hsm-00112233445566778899aabb'
export const fakeModuleId = 'm-00112233445566aa'

export const sampleToken: TokenSummary = {
  tokenId: 't-00112233445566778899aabb',
  moduleId: fakeModuleId,
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
  vaultUses: [],
}

/** The token of the fake main and what is on it. */
export class FakeToken {
  readonly #state: FakeState
  token = sampleToken
  objects: TokenObject[] = [sampleObject]

  constructor(state: FakeState) {
    this.#state = state
  }

  change(patch: Partial<TokenSummary>): { token: TokenSummary } {
    this.token = { ...this.token, ...patch }
    this.#state.emit('tokensChanged', { tokenId: this.token.tokenId })
    return { token: this.token }
  }

  /** The instance of a new key on the token that is named. UNSUPPORTED_PROTECTION_LEVEL, TOKEN_NOT_FOUND, TOKEN_LOGIN_NEEDED. */
  instanceFor(keySpec: KeySpec, named: string | undefined): string {
    if (named === undefined || !tokenSpecs[keySpec]) refuse('UNSUPPORTED_PROTECTION_LEVEL')
    const { tokenId, label: tokenLabel, login } = this.token
    if (named !== tokenId && named !== fakeInstanceId) refuse('TOKEN_NOT_FOUND')
    if (login !== 'user') refuse('TOKEN_LOGIN_NEEDED', { tokenLabel })
    return fakeInstanceId
  }

  known(objectId: string): TokenObject {
    return this.objects.find((object) => object.objectId === objectId) ?? refuse('TOKEN_OBJECT_NOT_FOUND')
  }

  /** What vaults need of what is on it. */
  uses(): VaultUse[] {
    return this.objects.flatMap(({ vaultUses }) => vaultUses)
  }

  requireUnused([use]: readonly VaultUse[], confirmLoss = false): void {
    if (use && !confirmLoss) refuse('TOKEN_OBJECT_IN_USE', { vaultUse: use.kind })
  }

  add(patch: Partial<TokenObject>): TokenObject {
    const number = String(this.objects.length + 1).padStart(2, '0')
    const object = { ...sampleObject, objectId: `${number}00000000000000-00112233445566aa`, idHex: number, ...patch }
    this.objects = [...this.objects, object]
    this.#state.emit('tokensChanged', { tokenId: this.token.tokenId })
    return object
  }
}
