import { parse } from 'node:path'

/** Ending of encrypted files. */
export const encryptedEnding = '.keystead'

/** Whether the name says that the file is encrypted. */
export function looksEncrypted(name: string): boolean {
  return name.length > encryptedEnding.length && name.toLowerCase().endsWith(encryptedEnding)
}

/** `report.pdf` becomes `report.pdf.keystead`. */
export function encryptedName(name: string): string {
  return name + encryptedEnding
}

/** `report.pdf.keystead` becomes `report.pdf`; a name without that ending gets `.decrypted`. */
export function decryptedName(name: string): string {
  return looksEncrypted(name) ? name.slice(0, -encryptedEnding.length) : `${name}.decrypted`
}

/** The name to try when `name` is taken: `report (2).pdf.keystead`. */
export function numberedName(name: string, number: number): string {
  const ending = looksEncrypted(name) ? name.slice(-encryptedEnding.length) : ''
  const { name: stem, ext } = parse(ending ? name.slice(0, -ending.length) : name)
  return `${stem} (${number})${ext}${ending}`
}
