import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import { zero } from '../crypto/bytes'
import { drawCharacters } from './random-characters'

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
  return { randomPassword: passwordOf(pool, request.passwordLength, needed) }
}

/** What is left of each type that is not excluded. */
function includedTypes(request: PasswordRequest): string[] {
  const excluded = new Set(request.excludeCharacters)
  return characterTypes
    .filter(({ excludedBy }) => !request[excludedBy])
    .map(({ characters }) => [...characters].filter((character) => !excluded.has(character)).join(''))
}

/** The password as the API has it: text. */
function passwordOf(pool: string, length: number, needed: readonly string[]): string {
  const bytes = drawCharacters(pool, length, needed)
  try {
    return Buffer.from(bytes.buffer).toString('latin1')
  } finally {
    zero(bytes)
  }
}

export const passwordOperations = { getRandomPassword }
