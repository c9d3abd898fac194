import { z } from 'zod'
import { moduleFileProblems, pinStates, templateProblems, tokenKeySpecs, tokenKeyTypes, tokenKeyUses, tokenLimits, tokenObjectClasses, tokenRoles, vaultUseKinds } from '../model/tokens'
import { moduleQuirks } from '../model/token-work'
import { bytes, empty, pathHandle, text, windowCount, windowOffset } from './fields'

export const tokenModuleId = z.string().regex(/^m-[0-9a-f]{16}$/, { error: 'must be the id of a module' })
/** Names a token of a module by its serial number and label, wherever it is plugged in. */
export const tokenId = z.string().regex(/^t-[0-9a-f]{24}$/, { error: 'must be the id of a token' })
/** Names an object as it was when it was listed; an object that took its place is refused. */
export const tokenObjectId = z.string().regex(/^[0-9a-f]{8,16}-[0-9a-f]{16}$/, { error: 'must be the id of an object' })
/** UTF-8 bytes. Dispatch zeroes them after the call. Absent: the reader asks for it with keys of its own. */
const pin = bytes(1, tokenLimits.pinBytes)
export const objectLabel = text(tokenLimits.objectLabelBytes)
/** CKA_ID in hex. */
export const objectIdHex = z.string().regex(/^(?:[0-9a-f]{2})*$/, { error: 'must be hex' }).max(2 * tokenLimits.idBytes)

export const tokenModule = z.strictObject({
  moduleId: tokenModuleId,
  name: z.string(),
  path: z.string(),
  /** SHA-256 of the file that the user has allowed, hex. */
  sha256: z.string(),
  parameters: z.string().nullable(),
  isRunning: z.boolean(),
  /** What its file is now: as allowed, another one, gone, or not to be loaded. */
  file: z.enum(['ok', 'changed', 'missing', 'unsuitable']),
  problem: z.enum(moduleFileProblems).nullable(),
  /** What was found when a token of it was last tried; null when none was since its file was allowed. */
  examination: z.strictObject({ examinedAt: z.iso.datetime(), quirks: z.array(z.enum(moduleQuirks)) }).nullable(),
})
export type TokenModuleView = z.infer<typeof tokenModule>

export const tokenSummary = z.strictObject({
  tokenId,
  moduleId: tokenModuleId,
  moduleName: z.string(),
  slotId: z.int(),
  slotDescription: z.string(),
  label: z.string(),
  serial: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  hardwareVersion: z.string(),
  firmwareVersion: z.string(),
  isInitialized: z.boolean(),
  /** Bytes are in files of this machine: for trying out, no protection by hardware. */
  isSoftware: z.boolean(),
  isRemovable: z.boolean(),
  isWriteProtected: z.boolean(),
  /** Objects that are not public are seen after a login only. */
  needsLogin: z.boolean(),
  /** PINs are typed on the reader. */
  hasPinPad: z.boolean(),
  login: z.enum(tokenRoles).nullable(),
  userPin: z.enum(pinStates),
  soPin: z.enum(pinStates),
  /** Bytes of a PIN, UTF-8, as the token says. */
  minPinBytes: z.int(),
  maxPinBytes: z.int(),
  /** RFC 7512. */
  uri: z.string(),
})
export type TokenSummary = z.infer<typeof tokenSummary>

export const tokenMechanism = z.strictObject({
  /** CKM_… number, hex. */
  mechanism: z.string(),
  /** CKM_… name; the number when it has none here. */
  name: z.string(),
  /** Of keys, in the unit of the mechanism; both 0: it takes none. */
  minKeySize: z.int(),
  maxKeySize: z.int(),
  uses: z.array(z.enum(['encrypt', 'decrypt', 'digest', 'sign', 'verify', 'generate', 'generate-pair', 'wrap', 'unwrap', 'derive'])),
  isHardware: z.boolean(),
})
export type TokenMechanism = z.infer<typeof tokenMechanism>

/** What is lost to a vault with an object. */
export const vaultUse = z.strictObject({
  kind: z.enum(vaultUseKinds),
  /** Of a master key; of another vault's when its label tells. */
  keyId: z.string().nullable(),
  /** The first name of the master key, alias/…. */
  aliasName: z.string().nullable(),
})
export type VaultUse = z.infer<typeof vaultUse>

export const tokenObject = z.strictObject({
  objectId: tokenObjectId,
  objectClass: z.enum(tokenObjectClasses),
  /** Null for what is no key. */
  keyType: z.enum(tokenKeyTypes).nullable(),
  /** AES-256, RSA 2048, P-256, …; empty when it is not known. */
  kind: z.string(),
  label: z.string(),
  /** CKA_ID, hex; keys, their public parts and certificates that belong together have the same. */
  idHex: z.string(),
  uses: z.array(z.enum(tokenKeyUses)),
  /** Null: the object has no such attribute. */
  isSensitive: z.boolean().nullable(),
  isExtractable: z.boolean().nullable(),
  /** It has never been readable, or never extractable, since it was made. */
  wasAlwaysSensitive: z.boolean().nullable(),
  wasNeverExtractable: z.boolean().nullable(),
  /** Made on the token. */
  isLocal: z.boolean().nullable(),
  /** Seen after a login only. */
  isPrivate: z.boolean(),
  isModifiable: z.boolean(),
  /** The PIN is asked for at each use. */
  asksEachTime: z.boolean(),
  /** Certificates: subject and end of validity (ISO 8601); null for others and for what cannot be read. */
  subject: z.string().nullable(),
  notAfter: z.string().nullable(),
  /** CKA_APPLICATION of data. */
  application: z.string().nullable(),
  /** Told where objects are listed and shown: what a vault needs it for. While the vault is locked its master keys are not known as such. */
  vaultUses: z.array(vaultUse),
})
export type TokenObject = z.infer<typeof tokenObject>

/** What a new key shall be. */
export const newTokenKey = {
  label: objectLabel,
  /** Absent: a random one. */
  idHex: objectIdHex.optional(),
  uses: z.array(z.enum(tokenKeyUses)).max(tokenKeyUses.length),
  isSensitive: z.boolean().default(true),
  isExtractable: z.boolean().default(false),
  asksEachTime: z.boolean().default(false),
}


const keyToGenerate = { tokenId, keySpec: z.enum(tokenKeySpecs), ...newTokenKey }
const oneToken = z.strictObject({ token: tokenSummary })
const oneModule = z.strictObject({ module: tokenModule })
const foundModule = z.strictObject({ name: z.string(), path: z.string(), isAdded: z.boolean(), module: z.string() })
const onToken = z.strictObject({ tokenId })
/** The PIN logs in to the token where nobody is; the login stays. */
export const tokenLogin = { userPin: pin.optional() }
const onObject = z.strictObject({ tokenId, objectId: tokenObjectId, ...tokenLogin })

export const tokenSchemas = {
  listTokenModules: { request: empty, response: z.strictObject({ modules: z.array(tokenModule) }) },
  /** Modules that are installed on this machine: of p11-kit's configuration and at their usual places. */
  findTokenModules: { request: empty, response: z.strictObject({ modules: z.array(foundModule) }) },
  /** The window's dialog for the file of a module. */
  chooseTokenModule: { request: empty, response: z.strictObject({ module: foundModule.nullable() }) },
  /** Allows a file to be loaded, as it is now. TOKEN_MODULE_NOT_FOUND, TOKEN_MODULE_UNSUITABLE. */
  addTokenModule: { request: z.strictObject({ module: pathHandle('module'), name: text(64, 1).optional(), parameters: text(1024, 1).optional() }), response: oneModule },
  /** Allows the file that has taken the place of the one that was allowed. */
  acceptTokenModule: { request: z.strictObject({ moduleId: tokenModuleId }), response: oneModule },
  /** Ends its process and forgets the module. Nothing on a token changes. */
  removeTokenModule: { request: z.strictObject({ moduleId: tokenModuleId }), response: empty },

  /** Of all modules. A module that cannot be asked is a problem, the others answer. */
  listTokens: {
    request: empty,
    response: z.strictObject({
      tokens: z.array(tokenSummary),
      /** Slots without a token. */
      emptySlots: z.int(),
      problems: z.array(z.strictObject({ moduleId: tokenModuleId, name: z.string(), code: z.string(), ckr: z.string().nullable() })),
    }),
  },
  listTokenMechanisms: { request: onToken, response: z.strictObject({ mechanisms: z.array(tokenMechanism) }) },
  /** TOKEN_PIN_WRONG with the state of the PIN, TOKEN_PIN_LOCKED, TOKEN_PIN_NOT_SET, TOKEN_OTHER_LOGIN. Never tries twice. */
  logInToToken: { request: z.strictObject({ tokenId, role: z.enum(tokenRoles).default('user'), pin: pin.optional() }), response: oneToken },
  logOutOfToken: { request: onToken, response: oneToken },
  /** What a vault needs of what is on the token: of the open one, whether anybody is logged in to it or not; of others what is seen now. */
  listTokenVaultUses: { request: onToken, response: z.strictObject({ uses: z.array(vaultUse) }) },
  /**
   * Erases the token. An uninitialised one takes any SO PIN, another its own. The user PIN is set when it is given.
   * TOKEN_OBJECT_IN_USE for one with keys that a vault needs, unless their loss is meant.
   */
  initToken: {
    request: z.strictObject({ tokenId, label: text(tokenLimits.tokenLabelBytes, 1), soPin: pin.optional(), userPin: pin.optional(), confirmLoss: z.boolean().default(false) }),
    response: oneToken,
  },
  /** Sets the user PIN as security officer, also when it is locked. */
  setTokenUserPin: { request: z.strictObject({ tokenId, soPin: pin.optional(), newPin: pin.optional() }), response: oneToken },
  changeTokenPin: { request: z.strictObject({ tokenId, role: z.enum(tokenRoles).default('user'), pin: pin.optional(), newPin: pin.optional() }), response: oneToken },

  /** A window of rows, by class and label. Reading a full token takes its time: `read` of `total` objects are known so far. */
  listTokenObjects: {
    request: z.strictObject({
      tokenId,
      offset: windowOffset,
      count: windowCount,
      search: text(256).default(''),
      classes: z.array(z.enum(tokenObjectClasses)).max(tokenObjectClasses.length).default([]),
      /** Reads the token again. */
      refresh: z.boolean().default(false),
      ...tokenLogin,
    }),
    response: z.strictObject({ objects: z.array(tokenObject), matching: z.int(), read: z.int(), total: z.int() }),
  },
  getTokenObject: {
    request: onObject,
    response: z.strictObject({
      object: tokenObject,
      /** CKA_… names and values in words or hex. Secret values are not among them. */
      attributes: z.array(z.strictObject({ name: z.string(), value: z.string() })),
      /** SPKI, PEM; null when it cannot be told. */
      publicKeyPem: z.string().nullable(),
      certificatePem: z.string().nullable(),
      uri: z.string(),
    }),
  },
  /** TOKEN_OBJECT_IN_USE for what a vault finds by what would change. */
  renameTokenObject: { request: z.strictObject({ tokenId, objectId: tokenObjectId, label: objectLabel.optional(), idHex: objectIdHex.optional(), ...tokenLogin }), response: z.strictObject({ object: tokenObject }) },
  /** TOKEN_OBJECT_IN_USE, before any is deleted, for a key of the vault; for one that another vault has made unless `confirmLoss` says that its loss is meant. */
  deleteTokenObjects: { request: z.strictObject({ tokenId, objectIds: z.array(tokenObjectId).min(1).max(1000), confirmLoss: z.boolean().default(false), ...tokenLogin }), response: z.strictObject({ deleted: z.int() }) },
  /** What generateTokenKey would ask the token for, and what speaks against it; nothing is made. */
  previewTokenKey: {
    request: z.strictObject(keyToGenerate),
    response: z.strictObject({
      mechanism: z.string(),
      templates: z.array(z.strictObject({ objectClass: z.enum(tokenObjectClasses), attributes: z.array(z.strictObject({ name: z.string(), value: z.string() })) })),
      problems: z.array(z.strictObject({ problem: z.enum(templateProblems), isFatal: z.boolean() })),
    }),
  },
  generateTokenKey: { request: z.strictObject({ ...keyToGenerate, ...tokenLogin }), response: z.strictObject({ objects: z.array(tokenObject) }) },
}
