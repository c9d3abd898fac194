import { concatBytes, joinBytes, ownBytes, utf8, zero } from '../../../crypto/bytes'
import { readStringObject, writeStringObject, zeroMembers } from '../../json-bytes'

/** What a program is asked to do. */
export type CommandStep = 'apply' | 'test' | 'rollback'

/** What a program is told on its standard input. */
export interface CommandInput {
  readonly step: CommandStep
  readonly secretName: string
  readonly account: string
  /** Whole values, lent. */
  readonly oldValue: Uint8Array
  readonly newValue: Uint8Array
}

/**
 * The one line that a program reads: JSON with step, secretName, account, oldValue and newValue. A value that is a set of
 * fields stands there as an object, any other as a string. In memory of its own, for the caller to zero.
 */
export function encodeCommandInput({ step, secretName, account, oldValue, newValue }: CommandInput): Uint8Array<ArrayBuffer> {
  const [oldJson, newJson] = [jsonOf(oldValue), jsonOf(newValue)]
  const told = utf8(JSON.stringify({ step, secretName, account }).slice(0, -1))
  const input = joinBytes([told, utf8(',"oldValue":'), oldJson, utf8(',"newValue":'), newJson, utf8('}\n')])
  zero(oldJson, newJson)
  return input
}

/** The parts of a value that nobody may see: its fields but the account, or all of it. For the caller to zero. */
export function hiddenParts(value: Uint8Array, account: string): Uint8Array[] {
  const members = readStringObject(value)
  if (!members) return [concatBytes(value)]
  const name = utf8(account)
  const parts = members.map(({ value: part }) => part).filter((part) => part.length > 0 && Buffer.compare(part, name) !== 0)
  const hidden = parts.map((part) => concatBytes(part))
  zeroMembers(members)
  return hidden
}

/** A value as JSON, on one line. */
function jsonOf(value: Uint8Array): Uint8Array {
  const members = readStringObject(value)
  if (members) {
    const json = writeStringObject(members)
    zeroMembers(members)
    return json
  }
  // The string alone, out of an object with one member.
  const object = writeStringObject([{ name: 'v', value }])
  const start = '{"v":'.length
  const json = ownBytes(object.length - start - 1)
  json.set(object.subarray(start, -1))
  zero(object)
  return json
}
