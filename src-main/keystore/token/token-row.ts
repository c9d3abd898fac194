import { concatBytes, u16, utf8 } from '../../crypto/bytes'
import { damagedRow } from '../stored-row'
import type { TokenKeyRef } from './token-keys'

const rowVersion = 2
const what = 'key material record'
const decoder = new TextDecoder('utf-8', { fatal: true })

/** A row `key-material` of a key on a token: version byte 02, then what finds it there. Nothing of it is secret. */
export function encodeTokenRow({ token, ckaId }: TokenKeyRef): Uint8Array {
  const fields = [utf8(token.manufacturer), utf8(token.model), utf8(token.serial), utf8(token.label), ckaId]
  return concatBytes(Uint8Array.of(rowVersion), ...fields.flatMap((field) => [u16(field.length), field]))
}

/** Reads encodeTokenRow() strictly. VAULT_DAMAGED. */
export function decodeTokenRow(row: Uint8Array | null): TokenKeyRef {
  if (row === null) throw damagedRow('key without its material')
  if (row[0] !== rowVersion) throw damagedRow(what)
  const [manufacturer, model, serial, label, ckaId, ...rest] = fieldsOf(row)
  if (!manufacturer || !model || !serial || !label || !ckaId || ckaId.length === 0 || rest.length > 0) throw damagedRow(what)
  return { token: { manufacturer: textOf(manufacturer), model: textOf(model), serial: textOf(serial), label: textOf(label) }, ckaId: ckaId.slice() }
}

function fieldsOf(row: Uint8Array): Uint8Array[] {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength)
  const fields: Uint8Array[] = []
  let offset = 1
  while (offset < row.length) {
    if (offset + 2 > row.length) throw damagedRow(what)
    const end = offset + 2 + view.getUint16(offset)
    if (end > row.length) throw damagedRow(what)
    fields.push(row.subarray(offset + 2, end))
    offset = end
  }
  return fields
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw damagedRow(what)
  }
}
