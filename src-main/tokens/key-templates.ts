import { randomBytes } from 'node:crypto'
import type { Request, Response } from '../../src-shared/contract/operations'
import { possibleTokenKeyUses, type TokenKeySpec, type TokenKeyUse } from '../../src-shared/model/tokens'
import { utf8 } from '../crypto/bytes'
import type { Attribute, MechanismUse, MechanismView } from './host/calls'
import { attributeName, cka, ckk, cko, ckm, ecParams, valueName } from './pkcs11'
import { mechanismName } from './mechanism-names'

type KeyRequest = Request<'generateTokenKey'>
/** What a new key shall be, whatever its kind. */
export type NewKey = Pick<KeyRequest, 'label' | 'idHex' | 'uses' | 'isSensitive' | 'isExtractable' | 'asksEachTime'>
type Preview = Response<'previewTokenKey'>
type Problem = Preview['problems'][number]

const none = { kind: 'none' } as const

interface SpecInfo {
  mechanism: number
  keyType: number
  /** Of the mechanism's smallest and largest size: bits, bytes for AES. */
  size: number
  own: readonly Attribute[]
}

const exponent = Uint8Array.of(1, 0, 1)
const secret = (mechanism: number, keyType: number, length: number): SpecInfo => ({ mechanism, keyType, size: length, own: [{ type: cka.valueLen, value: length }] })
const aes = (length: number) => secret(ckm.aesKeyGen, ckk.aes, length)
const generic = (length: number) => secret(ckm.genericSecretKeyGen, ckk.generic, length)
const rsa = (bits: number): SpecInfo => ({ mechanism: ckm.rsaKeyPairGen, keyType: ckk.rsa, size: bits, own: [{ type: cka.modulusBits, value: bits }, { type: cka.publicExponent, value: exponent }] })
const ec = (bits: number, parameters: string, mechanism: number = ckm.ecKeyPairGen, keyType: number = ckk.ec): SpecInfo => ({
  mechanism,
  keyType,
  size: bits,
  own: [{ type: cka.ecParams, value: Buffer.from(parameters, 'hex') }],
})

const specs: Readonly<Record<TokenKeySpec, SpecInfo>> = {
  AES_256: aes(32),
  AES_192: aes(24),
  AES_128: aes(16),
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  EC_P256: ec(256, ecParams.P256),
  EC_P384: ec(384, ecParams.P384),
  EC_P521: ec(521, ecParams.P521),
  EC_P256K: ec(256, ecParams.P256K),
  ED25519: ec(255, ecParams.ed25519Name, ckm.edwardsKeyPairGen, ckk.edwards),
  GENERIC_256: generic(32),
  GENERIC_384: generic(48),
  GENERIC_512: generic(64),
}

/** What the token is asked for: one template for a secret key, two for a pair. */
export interface KeyTemplates {
  use: MechanismUse
  /** Public part first. */
  templates: { objectClass: 'secret-key' | 'public-key' | 'private-key'; attributes: Attribute[] }[]
}

export function isSecretSpec(spec: TokenKeySpec): boolean {
  return specs[spec].mechanism === ckm.aesKeyGen || specs[spec].mechanism === ckm.genericSecretKeyGen
}

/** CKA_ID of a new key: as asked for, or 16 random bytes. */
export function newKeyId(idHex: string | undefined): Uint8Array {
  return idHex === undefined || idHex === '' ? randomBytes(16) : Buffer.from(idHex, 'hex')
}

export function keyTemplates(request: Omit<KeyRequest, 'tokenId'>, id: Uint8Array): KeyTemplates {
  const { mechanism, own } = specs[request.keySpec]
  const use = { mechanism, parameters: none }
  if (isSecretSpec(request.keySpec)) return { use, templates: [{ objectClass: 'secret-key', attributes: [...secretAttributes(request, id, allUses), ...own] }] }
  return {
    use,
    templates: [
      { objectClass: 'public-key', attributes: [...publicAttributes(request, id), ...own] },
      { objectClass: 'private-key', attributes: privateAttributes(request, id) },
    ],
  }
}

/** Which uses a key of a type can have; of pairs, those of both parts. */
export const usesOfType: Readonly<Record<'AES' | 'GENERIC' | 'RSA' | 'EC' | 'EDDSA', readonly TokenKeyUse[]>> = {
  AES: possibleTokenKeyUses('AES_256'),
  GENERIC: possibleTokenKeyUses('GENERIC_256'),
  RSA: possibleTokenKeyUses('RSA_2048'),
  EC: possibleTokenKeyUses('EC_P256'),
  EDDSA: possibleTokenKeyUses('ED25519'),
}

export const allUses = ['encrypt', 'decrypt', 'sign', 'verify', 'wrap', 'unwrap', 'derive'] as const

/** Attributes of a key that is made or put on a token, but those of its kind. */
export function secretAttributes(request: NewKey, id: Uint8Array, uses: readonly TokenKeyUse[]): Attribute[] {
  return [...storedAttributes(request.label, id, true), ...protection(request), ...useAttributes(request.uses, uses)]
}

export function privateAttributes(request: NewKey, id: Uint8Array): Attribute[] {
  const asking: Attribute[] = request.asksEachTime ? [{ type: cka.alwaysAuthenticate, value: true }] : []
  return [...secretAttributes(request, id, ['decrypt', 'sign', 'unwrap', 'derive']), ...asking]
}

export function publicAttributes({ label, uses }: Pick<NewKey, 'label' | 'uses'>, id: Uint8Array): Attribute[] {
  return [...storedAttributes(label, id, false), ...useAttributes(uses, ['encrypt', 'verify', 'wrap'])]
}

/** Attributes of anything that stays on a token. */
export function storedAttributes(label: string, id: Uint8Array, isPrivate: boolean): Attribute[] {
  return [
    { type: cka.token, value: true },
    { type: cka.private, value: isPrivate },
    { type: cka.label, value: utf8(label) },
    { type: cka.id, value: id },
  ]
}

function protection({ isSensitive, isExtractable }: Pick<KeyRequest, 'isSensitive' | 'isExtractable'>): Attribute[] {
  return [
    { type: cka.sensitive, value: isSensitive },
    { type: cka.extractable, value: isExtractable },
  ]
}

/** Uses that are not asked for are refused by name: modules have defaults of their own. */
function useAttributes(wanted: readonly TokenKeyUse[], possible: readonly TokenKeyUse[]): Attribute[] {
  return possible.map((use) => ({ type: cka[use], value: wanted.includes(use) }))
}

/** What speaks against a key, the fatal first. */
export function templateProblems(request: Omit<KeyRequest, 'tokenId'>, mechanisms: readonly MechanismView[]): Problem[] {
  const { mechanism, size } = specs[request.keySpec]
  const possible = possibleTokenKeyUses(request.keySpec)
  const { uses, isSensitive, isExtractable, asksEachTime } = request
  const offered = mechanisms.find((view) => view.mechanism === mechanism)
  const has = (...wanted: TokenKeyUse[]) => wanted.every((use) => uses.includes(use))
  const checks: readonly [problem: Problem['problem'], isFatal: boolean, applies: boolean][] = [
    ['not-offered', true, !offered || !sizeFits(offered, size)],
    ['use-not-possible', true, uses.some((use) => !possible.includes(use))],
    ['asks-each-time-not-possible', true, asksEachTime && isSecretSpec(request.keySpec)],
    ['no-use', true, uses.length === 0],
    // Who may wrap and decrypt with the same key takes any extractable key out in the clear (Bortolozzo et al. 2010).
    ['wrap-and-decrypt', false, has('wrap', 'decrypt') || has('unwrap', 'encrypt')],
    ['readable', false, !isSensitive],
    ['extractable', false, isExtractable],
  ]
  return checks.filter(([, , applies]) => applies).map(([problem, isFatal]) => ({ problem, isFatal }))
}

/** Modules count in bits or in bytes, whatever the standard says, and some give no limits. */
function sizeFits({ minKeySize, maxKeySize }: MechanismView, size: number): boolean {
  if (maxKeySize === 0) return true
  // Of Ed25519 some say 255 bits, and some 256.
  return [size, 8 * Math.ceil(size / 8), size * 8].some((value) => value >= minKeySize && value <= maxKeySize)
}

/** The templates in words, as the token gets them. */
export function previewOf({ use, templates }: KeyTemplates): Pick<Preview, 'mechanism' | 'templates'> {
  return {
    mechanism: mechanismName(use.mechanism),
    templates: templates.map(({ objectClass, attributes }) => ({
      objectClass,
      attributes: [
        { name: attributeName(cka.class), value: valueName(cka.class, classNumbers[objectClass]) },
        ...attributes.map(({ type, value }) => ({ name: attributeName(type), value: wordsOf(type, value) })),
      ],
    })),
  }
}

function wordsOf(type: number, value: Attribute['value']): string {
  if (typeof value === 'boolean') return value ? 'CK_TRUE' : 'CK_FALSE'
  if (typeof value === 'number') return valueName(type, value)
  if (typeof value === 'string') return value
  return type === cka.label ? new TextDecoder().decode(value) : Buffer.from(value).toString('hex')
}

/** CKO_… of a class, for templates that search. */
export const classNumbers = { 'secret-key': cko.secretKey, 'private-key': cko.privateKey, 'public-key': cko.publicKey, certificate: cko.certificate, data: cko.data } as const
