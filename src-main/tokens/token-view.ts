import { createHash } from 'node:crypto'
import type { TokenMechanism, TokenSummary } from '../../src-shared/contract/tokens'
import { isSoftwareToken, type PinState } from '../../src-shared/model/tokens'
import type { MechanismView, SlotView, TokenRef, TokenView } from './host/calls'
import { mechanismName } from './mechanism-names'
import type { RegisteredModule } from './module-registry'
import { mechanismFlags, slotFlags, tokenFlags } from './pkcs11'
import { shownText } from './shown-text'
import { pkcs11Uri } from './token-uri'

/** A slot with a token in it. */
export type FilledSlot = SlotView & { token: TokenView }

export function isFilled(slot: SlotView): slot is FilledSlot {
  return slot.token !== null
}

/**
 * The name of a token: by module, serial number and label, so that it is found again in another slot. An uninitialised one has
 * neither, so its slot stands in for them.
 */
export function tokenIdOf(moduleId: string, { slotId, token }: FilledSlot): string {
  const own = token.serial === '' && token.label === '' ? ['slot', String(slotId)] : ['token', token.serial, token.label]
  return `t-${createHash('sha256').update(JSON.stringify([moduleId, ...own])).digest('hex').slice(0, 24)}`
}

export function tokenRefOf({ slotId, token }: FilledSlot): TokenRef {
  return { slotId, label: token.label, serial: token.serial }
}

export function tokenSummary({ moduleId, name }: RegisteredModule, slot: FilledSlot): TokenSummary {
  const { token, flags, slotId, description, login } = slot
  const has = (flag: number) => (token.flags & flag) !== 0
  const { label, serial, manufacturer, model, hardwareVersion, firmwareVersion, minPinBytes, maxPinBytes } = token
  return {
    tokenId: tokenIdOf(moduleId, slot),
    moduleId,
    moduleName: name,
    slotId,
    slotDescription: shownText(description),
    label: shownText(label),
    serial: shownText(serial),
    manufacturer: shownText(manufacturer),
    model: shownText(model),
    hardwareVersion,
    firmwareVersion,
    isInitialized: has(tokenFlags.initialized),
    isSoftware: isSoftwareToken(token, `${slot.manufacturer} ${description}`),
    isRemovable: (flags & slotFlags.removable) !== 0,
    isWriteProtected: has(tokenFlags.writeProtected),
    needsLogin: has(tokenFlags.loginRequired),
    hasPinPad: has(tokenFlags.protectedPath),
    login,
    userPin: userPinState(token.flags),
    soPin: soPinState(token.flags),
    minPinBytes: Math.min(minPinBytes, 255),
    maxPinBytes: Math.min(maxPinBytes, 255),
    uri: pkcs11Uri({ model, manufacturer, serial, token: label }),
  }
}

export function userPinState(flags: number): PinState {
  const has = (flag: number) => (flags & flag) !== 0
  if (has(tokenFlags.userPinLocked)) return 'locked'
  if (!has(tokenFlags.userPinInitialized)) return 'not-set'
  if (has(tokenFlags.userPinFinalTry)) return 'final'
  if (has(tokenFlags.userPinCountLow)) return 'low'
  return has(tokenFlags.userPinToBeChanged) ? 'to-be-changed' : 'ok'
}

export function soPinState(flags: number): PinState {
  const has = (flag: number) => (flags & flag) !== 0
  // Before the rest: SoftHSM calls the PIN locked that nobody has set.
  if (!has(tokenFlags.initialized)) return 'not-set'
  if (has(tokenFlags.soPinLocked)) return 'locked'
  if (has(tokenFlags.soPinFinalTry)) return 'final'
  if (has(tokenFlags.soPinCountLow)) return 'low'
  return has(tokenFlags.soPinToBeChanged) ? 'to-be-changed' : 'ok'
}

const uses = ['encrypt', 'decrypt', 'digest', 'sign', 'verify', 'generate', 'generate-pair', 'wrap', 'unwrap', 'derive'] as const

export function mechanismSummary({ mechanism, minKeySize, maxKeySize, flags }: MechanismView): TokenMechanism {
  return {
    mechanism: `0x${mechanism.toString(16)}`,
    name: mechanismName(mechanism),
    minKeySize: Math.min(minKeySize, 0xffff_ffff),
    maxKeySize: Math.min(maxKeySize, 0xffff_ffff),
    uses: uses.filter((use) => (flags & mechanismFlags[use]) !== 0),
    isHardware: (flags & mechanismFlags.hardware) !== 0,
  }
}
