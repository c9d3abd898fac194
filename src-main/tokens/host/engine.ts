import pkcs11, { type Handle } from 'pkcs11js'
import type { TokenRole } from '../../../src-shared/model/tokens'
import type { HostCallName, HostCalls, HostRequest, HostResponse, SlotView, TokenRef, TokenView } from './calls'
import { templateOf } from './attributes'
import { ckr, HostError, isCkr } from './failures'
import { bufferOf, mechanismOf } from './mechanisms'
import { Objects } from './objects'
import { Sessions, slotHandle, trimmed } from './sessions'

type Answers = { [N in HostCallName]: (request: HostRequest<N>) => HostResponse<N> }

/** A result may be longer than what went in by this many bytes: a block, a tag, a signature of RSA with 16,384 bits. */
const roomBytes = 2112
/** No module has more; one that says so has lost its way. */
const maxSlots = 1024
const maxMechanisms = 4096
/** CKF_TOKEN_PRESENT of CK_SLOT_INFO. */
const tokenPresent = 1

/** The functions of one PKCS#11 module, in the order in which they are asked for. */
export class Engine {
  readonly #module = new pkcs11.PKCS11()
  readonly #sessions = new Sessions(this.#module)
  readonly #objects = new Objects(this.#module, this.#sessions)
  readonly #answers: Answers
  #isOpen = false

  constructor() {
    this.#answers = { ...this.#moduleAnswers(), ...this.#pinAnswers(), ...this.#objectAnswers(), ...this.#keyAnswers(), ...this.#useAnswers() }
  }

  answer<N extends HostCallName>(call: N, request: HostRequest<N>): HostResponse<N> {
    if (call !== 'open' && !this.#isOpen) throw new HostError('NOT_OPEN')
    return this.#answers[call](request)
  }

  #moduleAnswers(): Pick<HostCalls, never> & Pick<Answers, 'open' | 'listSlots' | 'listMechanisms' | 'random' | 'digest'> {
    return {
      open: ({ path, parameters }) => this.#load(path, parameters),
      listSlots: () => limited(this.#module.C_GetSlotList(false), maxSlots, 'C_GetSlotList').map((slot) => this.#slotView(slot)),
      listMechanisms: ({ token }) => {
        const slot = slotHandle(token.slotId)
        return limited(this.#module.C_GetMechanismList(slot), maxMechanisms, 'C_GetMechanismList').flatMap((mechanism) => this.#mechanismView(slot, mechanism))
      },
      random: ({ token, length }) => this.#sessions.with(token, (session) => this.#module.C_GenerateRandom(session, Buffer.alloc(length))),
      digest: ({ token, data, ...use }) =>
        this.#sessions.withOperation(token, (session) => {
          this.#module.C_DigestInit(session, mechanismOf(use))
          return filled(roomBytes, 'C_Digest', (buffer) => this.#module.C_Digest(session, bufferOf(data), buffer))
        }),
    }
  }

  #pinAnswers(): Pick<Answers, 'logIn' | 'logOut' | 'initToken' | 'initUserPin' | 'changePin'> {
    return {
      logIn: ({ token, role, pin }) => (this.#sessions.logIn(token, role, textOf(pin)), {}),
      logOut: ({ token }) => (this.#sessions.logOut(token), {}),
      initToken: ({ token, soPin, newLabel }) => {
        this.#sessions.closeAll(token)
        this.#module.C_InitToken(slotHandle(token.slotId), textOf(soPin), paddedLabel(newLabel))
        return {}
      },
      initUserPin: ({ token, soPin, newPin }) => {
        this.#sessions.logOut(token)
        try {
          this.#sessions.logIn(token, 'so', textOf(soPin))
          this.#sessions.with(token, (session) => this.#module.C_InitPIN(session, textOf(newPin)))
        } finally {
          this.#sessions.logOut(token)
        }
        return {}
      },
      changePin: ({ token, role, pin, newPin }) => {
        this.#sessions.logOut(token)
        try {
          if (role === 'so') this.#sessions.logIn(token, role, textOf(pin))
          this.#setPin(token, role, textOf(pin), textOf(newPin))
        } finally {
          this.#sessions.logOut(token)
        }
        return {}
      },
    }
  }

  /** NSS wants a login before; until then it has not looked at the PIN. */
  #setPin(token: TokenRef, role: TokenRole, pin: string, newPin: string): void {
    const set = () => this.#sessions.withSame(token, (session) => this.#module.C_SetPIN(session, pin, newPin))
    try {
      set()
    } catch (error) {
      if (role === 'so' || !isCkr(error, ckr.userNotLoggedIn)) throw error
      this.#sessions.logIn(token, role, pin)
      set()
    }
  }

  #objectAnswers(): Pick<Answers, 'findObjects' | 'readObjects' | 'readAttributes' | 'setAttributes' | 'deleteObject' | 'createObject'> {
    return {
      findObjects: ({ token, template }) => ({ handles: this.#objects.find(token, template) }),
      readObjects: ({ token, handles }) => this.#objects.readAll(token, handles),
      readAttributes: ({ token, object, types }) => this.#objects.read(token, object, types),
      setAttributes: ({ token, object, attributes }) => this.#objects.set(token, object, attributes),
      deleteObject: ({ token, object }) => (this.#objects.remove(token, object), {}),
      createObject: ({ token, template }) => this.#objects.create(token, template),
    }
  }

  #keyAnswers(): Pick<Answers, 'generateKey' | 'generateKeyPair' | 'wrapKey' | 'unwrapKey'> {
    return {
      generateKey: ({ token, template, ...use }) => this.#objects.make(token, (session) => this.#module.C_GenerateKey(session, mechanismOf(use), templateOf(template))),
      generateKeyPair: ({ token, publicTemplate, privateTemplate, ...use }) =>
        this.#sessions.withSame(token, (session) => {
          const pair = this.#module.C_GenerateKeyPair(session, mechanismOf(use), templateOf(publicTemplate), templateOf(privateTemplate))
          return { publicKey: this.#objects.view(token, session, pair.publicKey), privateKey: this.#objects.view(token, session, pair.privateKey) }
        }),
      wrapKey: ({ token, wrappingKey, key, ...use }) =>
        this.#sessions.withOperation(token, (session) => {
          const [by, what] = [wrappingKey, key].map((object) => this.#objects.handle(token, session, object)) as [Handle, Handle]
          return filled(4 * roomBytes, 'C_WrapKey', (buffer) => this.#module.C_WrapKey(session, mechanismOf(use), by, what, buffer))
        }),
      unwrapKey: ({ token, unwrappingKey, wrapped, template, ...use }) =>
        this.#objects.make(token, (session) => {
          const by = this.#objects.handle(token, session, unwrappingKey)
          return this.#module.C_UnwrapKey(session, mechanismOf(use), by, bufferOf(wrapped), templateOf(template))
        }),
    }
  }

  #useAnswers(): Pick<Answers, 'sign' | 'verify' | 'encrypt' | 'decrypt'> {
    const module = this.#module
    return {
      sign: ({ data, ...use }) => this.#use(use, (session, ...begin) => module.C_SignInit(session, ...begin), (session) => filled(roomBytes, 'C_Sign', (buffer) => module.C_Sign(session, bufferOf(data), buffer))),
      verify: ({ data, signature, ...use }) =>
        this.#use(
          use,
          (session, ...begin) => module.C_VerifyInit(session, ...begin),
          (session) => ({ isValid: isValid(() => module.C_Verify(session, bufferOf(data), bufferOf(signature))) }),
        ),
      encrypt: ({ data, ...use }) =>
        this.#use(use, (session, ...begin) => module.C_EncryptInit(session, ...begin), (session) => filled(data.length + roomBytes, 'C_Encrypt', (buffer) => module.C_Encrypt(session, bufferOf(data), buffer))),
      decrypt: ({ data, ...use }) =>
        this.#use(use, (session, ...begin) => module.C_DecryptInit(session, ...begin), (session) => filled(data.length + roomBytes, 'C_Decrypt', (buffer) => module.C_Decrypt(session, bufferOf(data), buffer))),
    }
  }

  /** Begins an operation with a key, says the PIN again where the key wants that, and carries it out. */
  #use<T>(
    { token, key, contextPin, ...use }: Omit<HostRequest<'sign'>, 'data'>,
    begin: (session: Handle, mechanism: pkcs11.Mechanism, key: Handle) => void,
    work: (session: Handle) => T,
  ): T {
    return this.#sessions.withOperation(token, (session) => {
      begin(session, mechanismOf(use), this.#objects.handle(token, session, key))
      if (contextPin) this.#module.C_Login(session, pkcs11.CKU_CONTEXT_SPECIFIC, contextPin.length === 0 ? undefined : textOf(contextPin))
      return work(session)
    })
  }

  #load(path: string, parameters: string | null): HostResponse<'open'> {
    try {
      this.#module.load(path)
    } catch {
      throw new HostError('NOT_A_MODULE', 'load')
    }
    // The addon cuts the last character off.
    this.#module.C_Initialize(parameters === null ? undefined : { libraryParameters: `${parameters} `, flags: pkcs11.CKF_OS_LOCKING_OK })
    this.#isOpen = true
    const { cryptokiVersion, manufacturerID, libraryDescription, libraryVersion } = this.#module.C_GetInfo()
    return { cryptokiVersion: versionOf(cryptokiVersion), manufacturer: trimmed(manufacturerID), description: trimmed(libraryDescription), libraryVersion: versionOf(libraryVersion) }
  }

  #slotView(slot: Handle): SlotView {
    const { slotDescription, manufacturerID, flags } = this.#module.C_GetSlotInfo(slot)
    const slotId = Number(slot.length === 8 ? slot.readBigUInt64LE() : slot.readUInt32LE())
    const token = (flags & tokenPresent) === 0 ? null : this.#tokenView(slot)
    return { slotId, description: trimmed(slotDescription), manufacturer: trimmed(manufacturerID), flags, token, login: token && this.#sessions.login({ slotId, label: token.label, serial: token.serial }) }
  }

  /** Null when it was taken out meanwhile, or cannot be recognised. */
  #tokenView(slot: Handle): TokenView | null {
    try {
      const info = this.#module.C_GetTokenInfo(slot)
      return {
        label: trimmed(info.label),
        serial: trimmed(info.serialNumber),
        manufacturer: trimmed(info.manufacturerID),
        model: trimmed(info.model),
        hardwareVersion: versionOf(info.hardwareVersion),
        firmwareVersion: versionOf(info.firmwareVersion),
        flags: info.flags,
        minPinBytes: info.minPinLen,
        maxPinBytes: info.maxPinLen,
      }
    } catch (error) {
      if (isCkr(error, ckr.tokenNotPresent, ckr.deviceRemoved, 0xe1)) return null
      throw error
    }
  }

  #mechanismView(slot: Handle, mechanism: number): HostResponse<'listMechanisms'> {
    try {
      const { minKeySize, maxKeySize, flags } = this.#module.C_GetMechanismInfo(slot, mechanism)
      return [{ mechanism, minKeySize, maxKeySize, flags }]
    } catch (error) {
      // Listed, and then not known: there are such modules.
      if (isCkr(error, 0x70)) return []
      throw error
    }
  }
}

/** The addon takes PINs as strings, and an empty one for what is typed on the reader: it cannot pass on none at all. */
function textOf(pin: Uint8Array | null): string {
  return pin === null ? '' : new TextDecoder().decode(pin)
}

/** As many as there can be. BAD_ANSWER. */
function limited<T>(items: readonly T[], limit: number, method: string): readonly T[] {
  if (items.length > limit) throw new HostError('BAD_ANSWER', method)
  return items
}

/** What a function puts into a buffer, which is never full: what says that it is longer was cut off. BAD_ANSWER. */
function filled(room: number, method: string, fill: (buffer: Buffer) => Buffer): Buffer {
  const result = fill(Buffer.alloc(room))
  if (result.length >= room) throw new HostError('BAD_ANSWER', method)
  return result
}

/** CK_TOKEN_INFO.label: 32 bytes, padded with blanks. */
function paddedLabel(label: string): string {
  return label + ' '.repeat(Math.max(0, 32 - Buffer.byteLength(label)))
}

function versionOf({ major, minor }: { major: number; minor: number }): string {
  return `${major}.${minor}`
}

/** Some modules return false for a signature that does not fit, the others an error. */
function isValid(verify: () => boolean): boolean {
  try {
    return verify()
  } catch (error) {
    if (isCkr(error, ckr.signatureInvalid, ckr.signatureLenRange)) return false
    throw error
  }
}

export type { TokenRef }
