import type { TokenObjectClass, TokenRole } from '../../../src-shared/model/tokens'

/** A token as it was when it was chosen: a slot in which another one is now is refused. */
export interface TokenRef {
  /** Number that the module gave the slot. */
  slotId: number
  label: string
  serial: string
}

/** An object on a token: handle (hex) and what it was when it was listed, so that a handle that was given again is noticed. */
export interface ObjectRef {
  handle: string
  /** Hex; of class, CKA_ID and label. */
  check: string
}

/** A PKCS#11 attribute: type number and value. Text is UTF-8. */
export interface Attribute {
  type: number
  value: boolean | number | string | Uint8Array
}

/** A PKCS#11 mechanism with its parameters, in the words of the standard. Lengths are bytes where not said otherwise. */
export type MechanismParameters =
  | { kind: 'none' }
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'ctr'; counterBlock: Uint8Array }
  | { kind: 'gcm'; iv: Uint8Array; associatedData: Uint8Array; tagBits: number }
  | { kind: 'oaep'; hashMechanism: number; mgf: number }
  | { kind: 'pss'; hashMechanism: number; mgf: number; saltBytes: number }

export interface MechanismUse {
  mechanism: number
  parameters: MechanismParameters
}

export interface ModuleInfo {
  cryptokiVersion: string
  manufacturer: string
  description: string
  libraryVersion: string
}

export interface TokenView {
  label: string
  serial: string
  manufacturer: string
  model: string
  hardwareVersion: string
  firmwareVersion: string
  /** CKF_… bits of CK_TOKEN_INFO. */
  flags: number
  minPinBytes: number
  maxPinBytes: number
}

export interface SlotView {
  slotId: number
  description: string
  manufacturer: string
  /** CKF_… bits of CK_SLOT_INFO. */
  flags: number
  /** Null for an empty slot. */
  token: TokenView | null
  /** Who is logged in, as far as this process has done it. */
  login: TokenRole | null
}

export interface MechanismView {
  mechanism: number
  /** In the mechanism's own unit: bits for RSA and EC, bytes for most symmetric ones. */
  minKeySize: number
  maxKeySize: number
  flags: number
}

/** What is read of every object: attribute type to value; one that the token does not give is missing. */
export interface ObjectView extends ObjectRef {
  objectClass: TokenObjectClass
  attributes: { type: number; value: Uint8Array }[]
}

interface Call<Request, Response> {
  request: Request
  response: Response
}

interface OnToken {
  token: TokenRef
}

interface KeyCall extends OnToken, MechanismUse {
  key: ObjectRef
  /** For a key with CKA_ALWAYS_AUTHENTICATE: the PIN again, UTF-8; empty when it is typed on the reader. */
  contextPin: Uint8Array | null
}

/** What a host does for main. It answers one call after the other. */
export interface HostCalls {
  /** Loads and initialises the module. `parameters`: the initialisation string of NSS modules. */
  open: Call<{ path: string; parameters: string | null }, ModuleInfo>
  listSlots: Call<Record<string, never>, SlotView[]>
  listMechanisms: Call<OnToken, MechanismView[]>
  /** A null PIN is asked for by the reader's own keys. */
  logIn: Call<OnToken & { role: TokenRole; pin: Uint8Array | null }, Record<string, never>>
  logOut: Call<OnToken, Record<string, never>>
  /** Erases the token. */
  initToken: Call<OnToken & { soPin: Uint8Array | null; newLabel: string }, Record<string, never>>
  /** Sets the user PIN as the security officer, whether there was one or it was locked. */
  initUserPin: Call<OnToken & { soPin: Uint8Array | null; newPin: Uint8Array | null }, Record<string, never>>
  changePin: Call<OnToken & { role: TokenRole; pin: Uint8Array | null; newPin: Uint8Array | null }, Record<string, never>>
  /** Handles of all objects that match, in the order of the module. */
  findObjects: Call<OnToken & { template: Attribute[] }, { handles: string[] }>
  /** What is read of objects; those that have gone meanwhile are left out. */
  readObjects: Call<OnToken & { handles: string[] }, ObjectView[]>
  /** Values of attributes by type; null for one that the token does not give. */
  readAttributes: Call<OnToken & { object: ObjectRef; types: number[] }, (Uint8Array | null)[]>
  setAttributes: Call<OnToken & { object: ObjectRef; attributes: Attribute[] }, ObjectView>
  deleteObject: Call<OnToken & { object: ObjectRef }, Record<string, never>>
  createObject: Call<OnToken & { template: Attribute[] }, ObjectView>
  generateKey: Call<OnToken & MechanismUse & { template: Attribute[] }, ObjectView>
  generateKeyPair: Call<OnToken & MechanismUse & { publicTemplate: Attribute[]; privateTemplate: Attribute[] }, { publicKey: ObjectView; privateKey: ObjectView }>
  wrapKey: Call<OnToken & MechanismUse & { wrappingKey: ObjectRef; key: ObjectRef }, Uint8Array>
  unwrapKey: Call<OnToken & MechanismUse & { unwrappingKey: ObjectRef; wrapped: Uint8Array; template: Attribute[] }, ObjectView>
  sign: Call<KeyCall & { data: Uint8Array }, Uint8Array>
  verify: Call<KeyCall & { data: Uint8Array; signature: Uint8Array }, { isValid: boolean }>
  encrypt: Call<KeyCall & { data: Uint8Array }, Uint8Array>
  decrypt: Call<KeyCall & { data: Uint8Array }, Uint8Array>
  digest: Call<OnToken & MechanismUse & { data: Uint8Array }, Uint8Array>
  random: Call<OnToken & { length: number }, Uint8Array>
}

export type HostCallName = keyof HostCalls
export type HostRequest<N extends HostCallName> = HostCalls[N]['request']
export type HostResponse<N extends HostCallName> = HostCalls[N]['response']

/** Main to host. */
export interface HostQuestion {
  id: number
  call: HostCallName
  request: unknown
}

/** Why a call failed: a return value of the module, or what the host found out itself. */
export interface HostFailure {
  /** CKR_… number; null when no function of the module returned it. */
  ckr: number | null
  /** CKR_… name, or one of the host's own. */
  name: string
  /** The function of the module that failed; empty when there was none. */
  method: string
}

/** Failures that the host finds out itself. */
export const hostFailures = ['NOT_A_MODULE', 'TOKEN_CHANGED', 'OBJECT_CHANGED', 'PIN_NEEDED_AGAIN', 'BAD_PARAMETERS', 'BAD_ANSWER', 'NOT_OPEN'] as const

/** Host to main. */
export type HostAnswer = { id: number; ok: true; value: unknown } | { id: number; ok: false; failure: HostFailure }
