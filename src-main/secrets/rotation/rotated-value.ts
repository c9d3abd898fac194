import { KmsError } from '../../../src-shared/errors'
import { copyBytes, utf8, zero } from '../../crypto/bytes'
import { decodePrivateKey } from '../../crypto/key-formats/decode-private-key'
import { encodePkcs8 } from '../../crypto/key-formats/encode-private-key'
import { isKeyFormatError } from '../../crypto/key-formats/failure'
import { publicKeyText } from '../../crypto/ssh-public-key'
import { isoSeconds } from '../../keystore/key-metadata'
import { drawCharacters } from '../../keystore/random-characters'
import { readStringObject, writeStringObject, zeroMembers, type JsonMember } from '../json-bytes'
import { newKeyPair } from './new-key-pair'
import { loginRefused, type Credential } from './targets/target'
import type { TargetConfig } from './targets/target-config'
import type { ValueShape } from './value-shape'

const lowercase = 'abcdefghijklmnopqrstuvwxyz'
const uppercase = lowercase.toUpperCase()
const digits = '0123456789'
/** Means nothing in a URL, a shell, SQL or JSON. */
const marks = '-_.'
const passwordChars = 32
const accessKeyIdChars = 24
/** Who logs in to Redis without a name. */
const defaultAccount = 'default'
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A random password of 32 characters as bytes, for the caller to zero: a letter first, and characters of every kind. */
export function newPassword(): Uint8Array<ArrayBuffer> {
  for (;;) {
    const password = copyBytes(drawCharacters(lowercase + uppercase + digits + marks, passwordChars, [lowercase, uppercase, digits, marks]))
    if (/[A-Za-z]/.test(String.fromCharCode(password[0] ?? 0))) return password
    zero(password)
  }
}

/**
 * What logs in at a target with a value, which stays the caller's; `secret` is in memory of its own, for the caller to zero.
 * ROTATION_LOGIN_REFUSED when there is nothing in the value to log in with.
 */
export async function credentialOf(shape: ValueShape, kind: TargetConfig['kind'], value: Uint8Array): Promise<Credential> {
  if (kind === 'command') return { account: accountOf(shape, value) ?? '', secret: copyBytes(value), publicKey: null }
  if (shape.kind === 'key-pair') return keyCredential(shape, value)
  if (shape.kind !== 'password') throw loginRefused('The value has nothing that could log in there.')
  const account = accountOf(shape, value) ?? defaultAccount
  if (shape.password === null) return { account, secret: copyBytes(value), publicKey: null }
  const secret = memberOf(value, shape.password)
  if (!secret) throw loginRefused('The value has no password to log in with.')
  return { account, secret, publicKey: null }
}

/** The account of a value; null where it names none. */
export function accountOf(shape: ValueShape, value: Uint8Array): string | null {
  const name = shape.kind === 'access-key' ? 'AccessKeyId' : shape.account
  const found = name === null ? null : memberOf(value, name)
  return found && found.length > 0 ? decoder.decode(found) : null
}

/**
 * The value with a new password or key in the place of the old one, in memory of its own, for the caller to zero.
 * UNSUPPORTED_OPERATION for a value that is no password, but a text of several lines or a document.
 */
export async function renewedValue(shape: ValueShape, value: Uint8Array, nowMs: number): Promise<Uint8Array> {
  if (shape.kind === 'password' && shape.password === null) {
    if (!isPlainPassword(value)) throw notRotatable()
    return newPassword()
  }
  const members = readStringObject(value)
  const renewed = await newParts(shape, nowMs)
  try {
    if (!members) throw notRotatable()
    return withParts(members, renewed)
  } finally {
    zeroMembers(members)
    zeroMembers(renewed)
  }
}

/**
 * Another value with the password or key that renewedValue() made in the place of its own, in memory of its own, for the
 * caller to zero; both values stay the caller's. Null when `renewed` does not have the parts of this shape.
 */
export function withRenewedParts(shape: ValueShape, value: Uint8Array, renewed: Uint8Array): Uint8Array | null {
  if (shape.kind === 'password' && shape.password === null) return [value, renewed].every(isPlainPassword) ? copyBytes(renewed) : null
  const [members, made] = [readStringObject(value), readStringObject(renewed)]
  try {
    const parts = namesOfParts(shape).map((name) => made?.find((part) => part.name === name))
    if (!members || parts.includes(undefined)) return null
    return withParts(members, [...parts.filter((part) => part !== undefined), ...emptyPassphrase(shape)])
  } finally {
    zeroMembers(members)
    zeroMembers(made)
  }
}

/** The members with these parts in the places of those of the same names; parts that are new come last. */
function withParts(members: readonly JsonMember[], parts: readonly JsonMember[]): Uint8Array {
  const added = parts.filter(({ name }) => !members.some((member) => member.name === name))
  return writeStringObject([...members.map((member) => parts.find(({ name }) => name === member.name) ?? member), ...added])
}

function namesOfParts(shape: ValueShape): readonly string[] {
  if (shape.kind === 'access-key') return ['AccessKeyId', 'AccessKeySecret', 'GenerateTimestamp']
  return shape.kind === 'password' ? [shape.password ?? ''] : [shape.privateKey, shape.publicKey]
}

/** A key of the vault's needs no passphrase of its own. */
function emptyPassphrase(shape: ValueShape): JsonMember[] {
  return shape.kind === 'key-pair' && shape.passphrase !== null ? [{ name: shape.passphrase, value: utf8('') }] : []
}

async function newParts(shape: ValueShape, nowMs: number): Promise<JsonMember[]> {
  if (shape.kind === 'access-key') {
    const id = drawCharacters(uppercase + digits, accessKeyIdChars, [])
    return [
      { name: 'AccessKeyId', value: id },
      { name: 'AccessKeySecret', value: newPassword() },
      { name: 'GenerateTimestamp', value: utf8(isoSeconds(nowMs)) },
    ]
  }
  if (shape.kind === 'password') return [{ name: shape.password ?? '', value: newPassword() }]
  const { privateKey, publicKey } = await newKeyPair(shape.algorithm)
  return [{ name: shape.privateKey, value: privateKey }, { name: shape.publicKey, value: utf8(publicKey) }, ...emptyPassphrase(shape)]
}

async function keyCredential(shape: Extract<ValueShape, { kind: 'key-pair' }>, value: Uint8Array): Promise<Credential> {
  const text = memberOf(value, shape.privateKey)
  const passphrase = shape.passphrase === null ? null : memberOf(value, shape.passphrase)
  try {
    const { keySpec, material, publicKey } = await decodePrivateKey(text ?? new Uint8Array(0), passphrase && passphrase.length > 0 ? passphrase : null)
    const pkcs8 = encodePkcs8(keySpec, material)
    material.destroy()
    const secret = pkcs8.use((der) => copyBytes(der))
    pkcs8.destroy()
    return { account: accountOf(shape, value) ?? '', secret, publicKey: publicKeyText(publicKey) }
  } catch (error) {
    throw isKeyFormatError(error) ? loginRefused('The private key of the value cannot be read.') : error
  } finally {
    zero(text, passphrase)
  }
}

function isPlainPassword(value: Uint8Array): boolean {
  const [first] = value
  const isDocument = first === 0x7b || first === 0x5b
  return !isDocument && !value.includes(0x0a)
}

function notRotatable(): KmsError {
  return new KmsError('UNSUPPORTED_OPERATION', 'The value of the specified secret is not a password or a set of fields.')
}

function memberOf(value: Uint8Array, name: string): Uint8Array<ArrayBuffer> | null {
  const members = readStringObject(value)
  const found = members?.find((member) => member.name === name)?.value
  const own = found ? copyBytes(found) : null
  zeroMembers(members)
  return own
}
