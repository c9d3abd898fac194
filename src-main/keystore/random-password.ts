import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import { ownBytes, zero } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'

type PasswordRequest = Request<'getRandomPassword'>

const characterTypes = [
  { characters: 'abcdefghijklmnopqrstuvwxyz', excludedBy: 'excludeLowercase' },
  { characters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', excludedBy: 'excludeUppercase' },
  { characters: '0123456789', excludedBy: 'excludeNumbers' },
  { characters: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', excludedBy: 'excludePunctuation' },
] as const

/**
 * GetRandomPassword (kms-api 1.9): every password that the rules allow is equally likely. INVALID_PARAMETER when no
 * character is left, and when one of each type is asked for and a type has none left (excludeCharacters).
 */
function getRandomPassword(_session: unknown, _caller: unknown, request: PasswordRequest): Response<'getRandomPassword'> {
  const types = includedTypes(request)
  const pool = types.join('')
  if (pool === '') throw invalidParameter('excludeCharacters', 'leaves no characters together with the excluded types')
  const needed = request.requireEachIncludedType ? types : []
  if (needed.includes('')) throw invalidParameter('excludeCharacters', 'leaves none of a type that must occur; exclude the type')
  return { randomPassword: drawPassword(pool, request.passwordLength, needed) }
}

/** What is left of each type that is not excluded. */
function includedTypes(request: PasswordRequest): string[] {
  const excluded = new Set(request.excludeCharacters)
  return characterTypes
    .filter(({ excludedBy }) => !request[excludedBy])
    .map(({ characters }) => [...characters].filter((character) => !excluded.has(character)).join(''))
}

/** Draws whole passwords until one has every needed type: to put characters in place afterwards would favour some. */
function drawPassword(pool: string, length: number, needed: readonly string[]): string {
  const bytes = ownBytes(length)
  try {
    do fillFrom(pool, bytes)
    while (!needed.every((type) => bytes.some((byte) => type.includes(String.fromCharCode(byte)))))
    return Buffer.from(bytes.buffer).toString('latin1')
  } finally {
    zero(bytes)
  }
}

/** Fills `bytes` with characters of the pool, each equally likely: random bytes above the last multiple of its size do not count. */
function fillFrom(pool: string, bytes: Uint8Array): void {
  const limit = 256 - (256 % pool.length)
  for (let at = 0; at < bytes.length; ) {
    const random = randomBytesOf(bytes.length - at)
    for (const byte of random) if (byte < limit) bytes[at++] = pool.charCodeAt(byte % pool.length)
    zero(random)
  }
}

export const passwordOperations = { getRandomPassword }
