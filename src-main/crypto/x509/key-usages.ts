import { KeyUsageFlags } from '@peculiar/asn1-x509'

/** Usages of a key as certificates name them (RFC 5280 4.2.1.3). */
export const keyUsageFlags = {
  digitalSignature: KeyUsageFlags.digitalSignature,
  nonRepudiation: KeyUsageFlags.nonRepudiation,
  keyEncipherment: KeyUsageFlags.keyEncipherment,
  dataEncipherment: KeyUsageFlags.dataEncipherment,
  keyAgreement: KeyUsageFlags.keyAgreement,
  keyCertSign: KeyUsageFlags.keyCertSign,
  cRLSign: KeyUsageFlags.cRLSign,
} as const
export type CertificateKeyUsage = keyof typeof keyUsageFlags

/** The usages whose flags are set. */
export function keyUsagesOf(flags: number): CertificateKeyUsage[] {
  return (Object.keys(keyUsageFlags) as CertificateKeyUsage[]).filter((usage) => (flags & keyUsageFlags[usage]) !== 0)
}
