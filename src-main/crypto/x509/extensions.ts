import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import { Extension, Extensions } from '@peculiar/asn1-x509'

/** An extension (RFC 5280 4.2) that holds the DER of `value`. */
export function extensionOf(extnID: string, critical: boolean, value: unknown): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
}

export function extensionsDer(extensions: readonly Extension[]): Uint8Array {
  return derOf(new Extensions([...extensions]))
}

/** The value of an extension as `type`; null when it is not there. Throws when it is no such value. */
export function valueOf<T>(extensions: Extensions | undefined, extnID: string, type: new () => T): T | null {
  const extension = extensions?.find((known) => known.extnID === extnID)
  return extension === undefined ? null : AsnConvert.parse(extension.extnValue.buffer, type)
}

/** DER of a structure of the library. */
export function derOf(structure: unknown): Uint8Array {
  return new Uint8Array(AsnConvert.serialize(structure))
}
