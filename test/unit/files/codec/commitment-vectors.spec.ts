import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SecretBuffer } from '../../../../src-main/crypto/secret-buffer'
import { parseHeader } from '../../../../src-main/files/codec/header'
import { deriveCommitment, deriveMessageKey } from '../../../../src-main/files/codec/message-key'
import { lenientRules, strictRules, type ReaderRules } from '../../../../src-main/files/codec/rules'
import { isKmsError } from '../../../../src-shared/errors'
import { open } from '../support'

interface Vector {
  comment: string
  ciphertext: string
  status: boolean
  'decrypted-dek': string
  commitment: string
  'content-encryption-key'?: string
  'message-id': string
  'plaintext-frames'?: string[]
  'encryption-context': Record<string, string>
}

const file = new URL('../../../vectors/esdk/commitment-test-vectors.json', import.meta.url)
const vectors = (JSON.parse(readFileSync(file, 'utf8')) as { tests: Vector[] }).tests
const numberOf = ({ comment }: Vector) => Number.parseInt(comment, 10)
const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))
const randomIvs = [6, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19]
const singleBlocks = [28, 32, 38, 40, 42, 44, 46]
const mustFail = [2, 12, 13, 20, 21]

/** `opened`, `wrong plaintext` or the code. */
async function outcome(vector: Vector, rules: ReaderRules): Promise<string> {
  const dataKey = SecretBuffer.take(bytes(vector['decrypted-dek']))
  try {
    const plaintext = await open(bytes(vector.ciphertext), dataKey, rules)
    return Buffer.from(plaintext).toString('utf8') === (vector['plaintext-frames'] ?? []).join('') ? 'opened' : 'wrong plaintext'
  } catch (error) {
    if (isKmsError(error)) return error.code
    throw error
  }
}

async function outcomes(rules: ReaderRules): Promise<Map<number, string>> {
  const pairs = await Promise.all(vectors.map(async (vector): Promise<[number, string]> => [numberOf(vector), await outcome(vector, rules)]))
  return new Map(pairs)
}

describe('published commitment vectors', () => {
  it('are 46, five of which must fail', () => {
    expect(vectors.map(numberOf)).toEqual(Array.from({ length: 46 }, (_none, index) => index + 1))
    expect(vectors.filter(({ status }) => !status).map(numberOf)).toEqual(mustFail)
  })

  it('agree in all 46 under lenient rules', async () => {
    for (const [number, result] of await outcomes(lenientRules)) {
      expect([number, result]).toEqual([number, mustFail.includes(number) ? 'FILE_TAMPERED' : 'opened'])
    }
  })

  it('agree in 34 when only single blocks are let through', async () => {
    const results = await outcomes({ ...strictRules, needsFrames: false })
    const unsorted = [15, 17, 19, 21]
    for (const [number, result] of results) {
      const refused = mustFail.includes(number) || randomIvs.includes(number)
      const expected = unsorted.includes(number) ? 'FILE_MALFORMED' : refused ? 'FILE_TAMPERED' : 'opened'
      expect([number, result]).toEqual([number, expected])
    }
    const agreeing = vectors.filter((vector) => (results.get(numberOf(vector)) === 'opened') === vector.status)
    expect(agreeing).toHaveLength(34)
  })

  it('agree in 27 under strict rules, which refuse the 7 single blocks as well', async () => {
    const results = await outcomes(strictRules)
    expect(singleBlocks.map((number) => results.get(number))).toEqual(singleBlocks.map(() => 'FILE_UNSUPPORTED'))
    const agreeing = vectors.filter((vector) => (results.get(numberOf(vector)) === 'opened') === vector.status)
    expect(agreeing).toHaveLength(27)
    expect(randomIvs.filter((number) => results.get(number) === 'opened')).toEqual([])
  })

  it('give the published commitments, keys and contexts', () => {
    for (const vector of vectors) {
      const header = parseHeader(bytes(vector.ciphertext), lenientRules)
      expect(header, vector.comment).not.toBeNull()
      if (!header) continue
      expect(Buffer.from(header.messageId).toString('base64')).toBe(vector['message-id'])
      expect({ ...header.context }).toEqual(vector['encryption-context'])
      const dataKey = SecretBuffer.take(bytes(vector['decrypted-dek']))
      if (!vector.status) continue
      expect(Buffer.from(deriveCommitment(dataKey, header.messageId)).toString('base64')).toBe(vector.commitment)
      const contentKey = vector['content-encryption-key']
      if (contentKey) expect(Buffer.from(deriveMessageKey(header.suite, dataKey, header.messageId)).toString('base64')).toBe(contentKey)
    }
  })
})
