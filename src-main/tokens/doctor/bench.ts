import type { Attribute, MechanismUse, ObjectView } from '../host/calls'
import { refOf } from '../object-view'
import { cka, ckm, cko } from '../pkcs11'
import { temporaryName } from '../temporary-name'
import type { Tokens } from '../tokens'

export const none = { kind: 'none' } as const
type Pair = { publicKey: ObjectView; privateKey: ObjectView }

/** Keys that are made on a token to try it with; they are never stored, and end with the session at the latest. */
export class Bench {
  readonly tokens: Tokens
  readonly tokenId: string
  readonly #made: ObjectView[] = []
  readonly #keys = new Map<string, Promise<unknown>>()
  /** Whether keys were asked for, and whether one was made. */
  wasAsked = false

  constructor(tokens: Tokens, tokenId: string) {
    this.tokens = tokens
    this.tokenId = tokenId
  }

  get hasMade(): boolean {
    return this.#made.length > 0
  }

  aes(name = 'aes'): Promise<ObjectView> {
    const uses = flags(true, 'encrypt', 'decrypt', 'wrap', 'unwrap')
    return this.#once(name, () => this.#secret(ckm.aesKeyGen, [{ type: cka.valueLen, value: 32 }, ...uses, ...flags(true, 'extractable')]))
  }

  generic(): Promise<ObjectView> {
    return this.#once('generic', () => this.#secret(ckm.genericSecretKeyGen, [{ type: cka.valueLen, value: 32 }, ...flags(true, 'sign', 'verify')]))
  }

  rsa(): Promise<Pair> {
    const own = [{ type: cka.modulusBits, value: 2048 }, { type: cka.publicExponent, value: Uint8Array.of(1, 0, 1) }]
    return this.#once('rsa', () => this.#pair(ckm.rsaKeyPairGen, [...own, ...flags(true, 'verify')], flags(true, 'sign', 'decrypt')))
  }

  /** `parameters`: CKA_EC_PARAMS in hex. */
  curve(mechanism: number, parameters: string): Promise<Pair> {
    const own = [{ type: cka.ecParams, value: Buffer.from(parameters, 'hex') }]
    return this.#once(parameters, () => this.#pair(mechanism, [...own, ...flags(true, 'verify')], flags(true, 'sign')))
  }

  /** For what an operation made: it is removed with the rest. */
  keep(view: ObjectView): void {
    this.#made.push(view)
  }

  use(call: 'sign' | 'encrypt' | 'decrypt', key: ObjectView, use: MechanismUse, data: Uint8Array): Promise<Uint8Array> {
    return this.tokens.call(this.tokenId, call, { ...use, key: refOf(key), contextPin: null, data })
  }

  /** After a refusal: the host has changed the session, and with the old one its keys have gone. */
  forget(): void {
    this.#keys.clear()
  }

  async clear(): Promise<void> {
    for (const view of this.#made) await this.tokens.call(this.tokenId, 'deleteObject', { object: refOf(view) }).catch(() => undefined)
  }

  #once<T>(name: string, make: () => Promise<T>): Promise<T> {
    this.wasAsked = true
    const known = this.#keys.get(name) ?? make()
    this.#keys.set(name, known)
    return known as Promise<T>
  }

  async #secret(mechanism: number, own: readonly Attribute[]): Promise<ObjectView> {
    const template = [{ type: cka.class, value: cko.secretKey }, ...temporaryName(), ...flags(true, 'private', 'sensitive'), ...own]
    const view = await this.tokens.call(this.tokenId, 'generateKey', { mechanism, parameters: none, template })
    this.keep(view)
    return view
  }

  async #pair(mechanism: number, publicOwn: readonly Attribute[], privateOwn: readonly Attribute[]): Promise<Pair> {
    const publicTemplate = [{ type: cka.class, value: cko.publicKey }, ...temporaryName(), ...publicOwn]
    const privateTemplate = [{ type: cka.class, value: cko.privateKey }, ...temporaryName(), ...flags(true, 'private', 'sensitive'), ...privateOwn]
    const pair = await this.tokens.call(this.tokenId, 'generateKeyPair', { mechanism, parameters: none, publicTemplate, privateTemplate })
    this.keep(pair.publicKey)
    this.keep(pair.privateKey)
    return pair
  }
}

function flags(value: boolean, ...names: readonly (keyof typeof cka)[]): Attribute[] {
  return names.map((name) => ({ type: cka[name], value }))
}
