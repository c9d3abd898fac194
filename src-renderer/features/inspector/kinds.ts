import type { InspectedFact, InspectedKind } from '../../../src-shared/contract/inspection'

/** What can be done next with something of a kind; names of texts below `inspector.next`. */
export type NextStep = 'decryptFile' | 'decryptText' | 'importKey' | 'uploadCertificate' | 'openKey' | 'checkBackup'

export interface Standing {
  kind: InspectedKind
  keyId: string | null
  canOpen: boolean | null
}

/** The steps that make sense, the most useful one first. */
export function nextSteps({ kind, keyId, canOpen }: Standing): readonly NextStep[] {
  if (kind === 'encrypted-file') return canOpen === true ? ['decryptFile'] : []
  if (kind === 'ciphertext-blob') return canOpen === true ? ['decryptText'] : []
  if (kind === 'certificate') return keyId === null ? [] : ['uploadCertificate']
  if (kind === 'keystead-backup') return ['checkBackup']
  // A private key that is already in the vault is not imported again.
  if (isPrivateKey(kind)) return keyId === null ? ['importKey'] : ['openKey']
  return keyId === null ? [] : ['openKey']
}

export function isPrivateKey(kind: InspectedKind): boolean {
  return kind === 'private-key' || kind === 'encrypted-private-key' || kind === 'openssh-private-key' || kind === 'pkcs12'
}

export const kindIcons: Readonly<Record<InspectedKind, string>> = {
  'ciphertext-blob': 'i-lucide-binary',
  'encrypted-file': 'i-lucide-file-lock-2',
  certificate: 'i-lucide-file-badge',
  'certificate-request': 'i-lucide-file-pen',
  'public-key': 'i-lucide-key-square',
  'private-key': 'i-lucide-file-key',
  'encrypted-private-key': 'i-lucide-file-key',
  'openssh-private-key': 'i-lucide-file-key',
  pkcs12: 'i-lucide-file-key',
  'import-token': 'i-lucide-ticket',
  'keystead-backup': 'i-lucide-archive',
  unknown: 'i-lucide-circle-help',
}

/** How the value of a fact is to be shown. */
export type FactLook = 'text' | 'copied' | 'date' | 'bytes' | 'keySpec' | 'flag'

const looks: Partial<Record<InspectedFact, FactLook>> = {
  serial: 'copied',
  fingerprint: 'copied',
  keyFingerprint: 'copied',
  notBefore: 'date',
  notAfter: 'date',
  expires: 'date',
  plaintextBytes: 'bytes',
  keySpec: 'keySpec',
  isAuthority: 'flag',
}

export function lookOf(name: InspectedFact): FactLook {
  return looks[name] ?? 'text'
}
