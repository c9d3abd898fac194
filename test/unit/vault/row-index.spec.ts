import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinBytes } from '../../../src-main/crypto/bytes'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import { packHeadLists } from '../../../src-main/vault/head-lists'
import { changeRowsHash, compareHeads, hashRowHeads, rowHead, RowIndex, sequenceAt } from '../../../src-main/vault/row-index'
import { rowHeadBytes, type SealedRow } from '../../../src-main/vault/store-port'
import { VaultKeys } from '../../../src-main/vault/vault-keys'
import { bytes } from './fixture'

type Head = Pick<SealedRow, 'kind' | 'token' | 'sequence'>
const hex = (head: Uint8Array) => Buffer.from(head).toString('hex')
const place = fc.record({ kind: fc.constantFrom(1, 3), token: fc.nat(40).map((number) => new Uint8Array(16).fill(number)) })
const head = fc.tuple(place, fc.nat(3)).map(([at, sequence]): Head => ({ ...at, sequence }))
const placeOf = ({ kind, token }: Pick<Head, 'kind' | 'token'>) => `${kind} ${token[0]}`
const rows = fc.uniqueArray(head, { selector: placeOf, maxLength: 80 })
const keys = () => new VaultKeys(SecretBuffer.take(new Uint8Array(32).fill(7)), 'vault')

function pack(heads: readonly Head[]): Uint8Array {
  return joinBytes(heads.map(rowHead).sort(Buffer.compare))
}

function unpack(heads: Uint8Array): string[] {
  return Array.from({ length: heads.length / rowHeadBytes }, (_, index) => hex(heads.subarray(index * rowHeadBytes, (index + 1) * rowHeadBytes)))
}

describe('comparing row heads', () => {
  it('tells what is gone, added and the same, each once and in order', () => {
    fc.assert(
      fc.property(rows, rows, (first, second) => {
        const [before, after] = [unpack(pack(first)), unpack(pack(second))]
        const seen = { gone: [] as string[], added: [] as [string, number][], same: [] as [number, number][] }
        compareHeads(pack(first), pack(second), {
          gone: (found) => seen.gone.push(hex(found)),
          added: (found, index) => seen.added.push([hex(found), index]),
          same: (from, to, count) => seen.same.push(...Array.from({ length: count }, (_, at): [number, number] => [from + at, to + at])),
        })
        expect(seen.gone).toEqual(before.filter((one) => !after.includes(one)))
        expect(seen.added).toEqual(after.flatMap((one, index) => (before.includes(one) ? [] : [[one, index]])))
        expect(seen.same).toEqual(before.flatMap((one, index) => (after.includes(one) ? [[index, after.indexOf(one)]] : [])))
      }),
    )
  })

  it('gives the hash that all heads would give', () => {
    const vaultKeys = keys()
    fc.assert(
      fc.property(rows, rows, (first, second) => {
        const known = { heads: pack(first), rowsHash: hashRowHeads(vaultKeys, pack(first)) }
        expect(hashRowHeads(vaultKeys, pack(second), known)).toEqual(hashRowHeads(vaultKeys, pack(second)))
        expect(changeRowsHash(vaultKeys, known.rowsHash, first.map(rowHead), second.map(rowHead))).toEqual(hashRowHeads(vaultKeys, pack(second)))
      }),
      { numRuns: 30 },
    )
  })
})

describe('the row index', () => {
  it('holds after any changes what a map would', () => {
    const change = fc.record({ row: head, isRemoved: fc.boolean(), look: fc.boolean() })
    fc.assert(
      fc.property(rows, fc.array(change), (first, changes) => {
        const index = new RowIndex(pack(first))
        const expected = new Map(first.map((row) => [placeOf(row), row]))
        for (const { row, isRemoved, look } of changes) {
          if (isRemoved) {
            index.remove(row)
            expected.delete(placeOf(row))
          } else {
            index.put({ ...row, parent: null, body: bytes('') })
            expected.set(placeOf(row), row)
          }
          if (look) expect(index.count).toBe(expected.size)
          expect(index.sequenceOf(row)).toBe(expected.get(placeOf(row))?.sequence ?? null)
        }
        expect(unpack(index.heads)).toEqual(unpack(pack([...expected.values()])))
      }),
    )
  })

  it('takes hundreds of thousands of changes', () => {
    const index = new RowIndex(new Uint8Array(0))
    const tokenOf = (number: number) => Uint8Array.from(Buffer.from(number.toString(16).padStart(32, '0'), 'hex'))
    for (let number = 0; number < 200_000; number++) index.put({ kind: 1, token: tokenOf(number), parent: null, sequence: number, body: bytes('') })
    expect(index.count).toBe(200_000)
    expect(sequenceAt(index.heads, 123_456)).toBe(123_456)
  })
})

describe('lists of heads', () => {
  const tokens = new Uint8Array(32).fill(9)

  it('are packed as the index has them', () => {
    const packed = packHeadLists(2, { kinds: bytes('1,16'), tokens, sequences: bytes(`7,${2 ** 40 + 1}`) })
    expect(packed && unpack(packed)).toEqual([1, 16].map((kind, index) => hex(rowHead({ kind, token: tokens.subarray(0, 16), sequence: index ? 2 ** 40 + 1 : 7 }))))
    expect(packHeadLists(0, { kinds: bytes(''), tokens: bytes(''), sequences: bytes('') })).toEqual(new Uint8Array(0))
  })

  it('that do not fit together are refused', () => {
    const good = { kinds: bytes('1,1'), tokens, sequences: bytes('1,2') }
    const bad = [{ kinds: bytes('1') }, { kinds: bytes('1,1,1') }, { kinds: bytes('') }, { tokens: tokens.subarray(1) }, { sequences: bytes('1,-2') }, { sequences: bytes('1,2.0') }, { sequences: bytes('1,2,') }]
    for (const change of bad) expect(packHeadLists(2, { ...good, ...change })).toBeNull()
  })
})
