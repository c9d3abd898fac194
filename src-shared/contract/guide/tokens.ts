import type { tokenSchemas } from '../tokens'
import type { GuideEntry } from './entry'

type Names = Exclude<keyof typeof tokenSchemas, 'chooseTokenModule' | keyof typeof tokenEndGuide>

/** "123456" and "12345678", for reading only. */
const UserPin = 'MTIzNDU2'
const SoPin = 'MTIzNDU2Nzg='
const throughInput = 'PINs are Base64: send the JSON through standard input.'
const TokenId = '<tokenId>'

/** What is read last, as nothing of a token is there afterwards. */
export const tokenEndGuide = {
  deleteTokenObjects: { summary: 'Deletes objects on a token for good.', example: { TokenId, ObjectIds: ['<renamedObjectId>'], UserPin } },
  removeTokenModule: { summary: 'Forgets a module; nothing on a token changes.', example: { ModuleId: '<moduleId>' } },
} as const

/** Tokens: modules, PINs, objects. */
export const tokenGuide = {
  findTokenModules: { summary: 'PKCS#11 modules that are installed on this machine.', example: {} },
  addTokenModule: { summary: 'Allows a PKCS#11 module to be loaded, as its file is now.', example: { Module: '<softhsm>', Name: 'SoftHSM' }, keep: { moduleId: 'Module.ModuleId' } },
  listTokenModules: { summary: 'The modules that may be loaded, and whether their files are still the same.', example: {} },
  acceptTokenModule: { summary: 'Allows the file that has taken the place of the one that was allowed.', example: { ModuleId: '<moduleId>' } },
  listTokens: { summary: 'Tokens of all modules, with the state of their PINs.', example: {}, keep: { emptyTokenId: 'Tokens.0.TokenId' } },
  initToken: { summary: `Erases a token and sets its label and PINs. ${throughInput}`, example: { TokenId: '<emptyTokenId>', Label: 'Workstation', SoPin, UserPin }, keep: { tokenId: 'Token.TokenId' } },
  listTokenMechanisms: { summary: 'What a token says that it can do.', example: { TokenId } },
  logInToToken: { summary: `Logs in for the rest of the process; a wrong PIN is tried once. ${throughInput}`, example: { TokenId, Pin: UserPin } },
  logOutOfToken: { summary: 'Ends the login.', example: { TokenId } },
  changeTokenPin: { summary: `Sets another PIN in place of the old one. ${throughInput}`, example: { TokenId, Role: 'user', Pin: UserPin, NewPin: UserPin } },
  setTokenUserPin: { summary: `Sets the user PIN as security officer, also when it is locked. ${throughInput}`, example: { TokenId, SoPin, NewPin: UserPin } },
  previewTokenKey: { summary: 'What a new key would be, and what speaks against it.', example: { TokenId, KeySpec: 'AES_256', Label: 'backup', Uses: ['encrypt', 'decrypt'] } },
  generateTokenKey: {
    summary: `Makes a key or a key pair on the token. ${throughInput}`,
    example: { TokenId, KeySpec: 'AES_256', Label: 'backup', Uses: ['encrypt', 'decrypt'], UserPin },
    keep: { objectId: 'Objects.0.ObjectId' },
  },
  listTokenObjects: { summary: 'Objects on a token, by class and label.', example: { TokenId, Search: 'backup', UserPin } },
  getTokenObject: { summary: 'An object with its attributes, and its public key or certificate.', example: { TokenId, ObjectId: '<objectId>', UserPin } },
  listTokenVaultUses: { summary: 'What vaults need of what is on a token, and would lose with it.', example: { TokenId } },
  renameTokenObject: { summary: 'Gives an object another label or CKA_ID.', example: { TokenId, ObjectId: '<objectId>', Label: 'archive', UserPin }, keep: { renamedObjectId: 'Object.ObjectId' } },
} as const satisfies Record<Names, GuideEntry>
