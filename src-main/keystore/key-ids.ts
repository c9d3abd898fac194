import { randomBytesOf } from '../crypto/random'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const keyIdChars = 24
const versionSuffixChars = 10
const keyIdPattern = /^key-[a-z0-9]{20,40}$/
const versionSuffixPattern = /^[a-z0-9]{6,20}$/

function randomText(chars: number): string {
  return Array.from(randomBytesOf(chars), (byte) => alphabet.charAt(byte & 31)).join('')
}

/** A new key id: `key-` and 24 random characters (120 bits). */
export function newKeyId(): string {
  return `key-${randomText(keyIdChars)}`
}

/** A new key version id: the key id, a hyphen and 10 random characters. */
export function newKeyVersionId(keyId: string): string {
  return `${keyId}-${randomText(versionSuffixChars)}`
}

/** Whether `text` has the form of a key id. */
export function isKeyId(text: string): boolean {
  return keyIdPattern.test(text)
}

/** Whether `text` has the form of a version id of the key `keyId`. */
export function isKeyVersionIdOf(keyId: string, text: string): boolean {
  return text.startsWith(`${keyId}-`) && isKeyVersionSuffix(text.slice(keyId.length + 1))
}

/** Whether `text` has the form of what follows the key id and its hyphen in a version id. */
export function isKeyVersionSuffix(text: string): boolean {
  return versionSuffixPattern.test(text)
}
