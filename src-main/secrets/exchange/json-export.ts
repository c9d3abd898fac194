import { joinBytes } from '../../crypto/bytes'
import { isoOrNull, isoSeconds } from '../../keystore/key-metadata'
import { writeStringObject } from '../json-bytes'
import type { ExportedSecret, ExportedVersion } from './exported'

/** What the file begins and ends with. */
export const jsonStart = (nowMs: number) => Buffer.from(`{"format":"keystead-secrets","version":1,"exported":${JSON.stringify(isoSeconds(nowMs))},"secrets":[\n`)
export const jsonEnd = Buffer.from('\n]}\n')

/** A secret as a JSON object with all its versions, the current one last; for the caller to zero. No text is made of a value. */
export function jsonOf(secret: ExportedSecret): Uint8Array {
  const { name, secretType, template, description, tags, createdAt, updatedAt, expiresAt, isFavourite } = secret
  const told = {
    name,
    type: secretType,
    template,
    description,
    tags: tags.map(({ key, value }) => ({ key, value })),
    createTime: isoSeconds(createdAt),
    updateTime: isoSeconds(updatedAt),
    expiryDate: isoOrNull(expiresAt),
    isFavourite,
  }
  const parts: Uint8Array[] = [Buffer.from(`${JSON.stringify(told).slice(0, -1)},"versions":[`)]
  for (const [at, version] of secret.versions.entries()) parts.push(Buffer.from(at === 0 ? '' : ','), versionOf(version))
  const json = joinBytes([...parts, Buffer.from(']}')])
  for (const part of parts) part.fill(0)
  return json
}

/** Text as it is, bytes as Base64. */
function versionOf({ versionId, createdAt, stages, dataType, fields, data }: ExportedVersion): Uint8Array {
  const told = { versionId, createTime: isoSeconds(createdAt), stages, dataType, fields: fields?.map(({ name, kind, isSecret }) => ({ name, kind, isSecret })) ?? null }
  const value = dataType === 'binary' ? base64(data) : data
  const member = writeStringObject([{ name: 'value', value }])
  const json = joinBytes([Buffer.from(`${JSON.stringify(told).slice(0, -1)},`), member.subarray(1)])
  member.fill(0)
  if (value !== data) value.fill(0)
  return json
}

function base64(data: Uint8Array): Uint8Array {
  const text = Buffer.alloc(Math.ceil(data.length / 3) * 4)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  for (let at = 0, out = 0; at < data.length; at += 3) {
    const [a = 0, b, c] = [data[at], data[at + 1], data[at + 2]]
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    for (const [place, shift] of [18, 12, 6, 0].entries()) {
      const isThere = place < 2 || (place === 2 ? b !== undefined : c !== undefined)
      text[out++] = isThere ? alphabet.charCodeAt((group >> shift) & 0x3f) : 0x3d
    }
  }
  return text
}
