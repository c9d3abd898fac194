import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Response } from '../../src-shared/contract/operations'
import { auditSignatureAlgorithms, type AuditSignature } from '../../src-shared/contract/vault'
import { KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { copyBytes, equalBytes, u32, u64, utf8 } from '../crypto/bytes'
import { verifyEcdsa, type EcdsaCurve } from '../crypto/ecdsa'
import { uuid } from '../crypto/random'
import { verifyRsaPkcs1 } from '../crypto/rsa-signature'
import { signingDigestOf } from '../crypto/signing-digest'
import { specOfPublicKey } from '../crypto/spki'
import { verifyAuditChain } from './audit-reader'
import { fromBase64, lengthPrefixed, toBase64 } from './encoding'
import type { OpenVault } from './open-vault'
import { damaged, newerVersion } from './problems'
import type { VaultSession } from './session'
import type { ChosenTokenKey, SignatureByToken, TokenPort } from './token-port'

/** Layout of the row, and version of what is signed. */
const layout = 1
const base64 = z.string().refine((text) => fromBase64(text) !== null)
const rowSchema = z.tuple([
  z.literal(layout),
  z.int().min(1),
  base64,
  z.int().min(0),
  z.enum(auditSignatureAlgorithms),
  base64,
  z.string(),
  z.string(),
  base64,
])

/** A signature with what it was made of (vault-format section 7.1). */
interface KeptSignature extends SignatureByToken {
  signatureId: string
  sequence: number
  /** Hash of that entry, the end of the chain then. */
  chainHash: Uint8Array
  timeMs: number
}

/**
 * Has a key on a token sign the chain as it ends now, and keeps the signature. TOKEN_MODULE_FAILED for a signature that does
 * not fit its key, and what else the token answers; VAULT_WRITE_FAILED, NO_SPACE.
 */
export async function signAuditChain(open: OpenVault, tokens: TokenPort, timeMs: number, caller: Caller, key: ChosenTokenKey): Promise<AuditSignature> {
  await open.flushAudit()
  const { auditCount: sequence, auditHash } = open.session.head
  const statement = { sequence, chainHash: copyBytes(auditHash), timeMs }
  const message = signedMessage(open.header.vaultId, statement)
  const made = await tokens.sign(key, message)
  if (!isSignatureOf(made, message)) throw new KmsError('TOKEN_MODULE_FAILED', 'The signature of the token does not fit its key. It was not kept.', { tokenLabel: made.label })
  const kept = { ...made, ...statement, signatureId: uuid() }
  await open.mutate(caller, made.label || made.serial, (tx) => tx.put('audit-signature', kept.signatureId, null, rowOf(kept)))
  return shown(kept)
}

/** Newest first. VAULT_DAMAGED. */
export async function listAuditSignatures(session: VaultSession): Promise<AuditSignature[]> {
  return (await keptSignatures(session)).map(shown)
}

/** Walks the whole chain, and compares every signature with it. */
export async function verifyAudit(session: VaultSession, vaultId: string): Promise<Response<'verifyAudit'>> {
  const signatures = await keptSignatures(session)
  const hashes = new Map<number, Uint8Array | null>(signatures.map(({ sequence }) => [sequence, null]))
  const chain = await verifyAuditChain(session, (sequence, hash) => {
    if (hashes.has(sequence)) hashes.set(sequence, hash)
  })
  const fits = (kept: KeptSignature) => equalBytes(hashes.get(kept.sequence) ?? new Uint8Array(), kept.chainHash) && isSignatureOf(kept, signedMessage(vaultId, kept))
  return { ...chain, signatures: signatures.map((kept) => ({ ...shown(kept), outcome: fits(kept) ? 'valid' : 'does-not-fit' })) }
}

async function keptSignatures(session: VaultSession): Promise<KeptSignature[]> {
  const rows = await session.list('audit-signature')
  return rows.map(({ id, bytes }) => keptOf(id, bytes)).toSorted((a, b) => b.sequence - a.sequence || b.timeMs - a.timeMs)
}

function signedMessage(vaultId: string, { sequence, chainHash, timeMs }: Pick<KeptSignature, 'sequence' | 'chainHash' | 'timeMs'>): Uint8Array {
  return lengthPrefixed('keystead audit signature', u32(layout), vaultId, u64(sequence), chainHash, u64(timeMs))
}

const curves = new Map<string | null, EcdsaCurve>([
  ['EC_P256', 'P-256'],
  ['EC_P384', 'P-384'],
  ['EC_P256K', 'secp256k1'],
])

function isSignatureOf({ algorithm, publicKey, signature }: SignatureByToken, message: Uint8Array): boolean {
  const digest = signingDigestOf(algorithm, publicKey, message)
  const spec = specOfPublicKey(publicKey)
  if (algorithm === 'RSA_PKCS1_SHA_256') return spec?.startsWith('RSA_') === true && verifyRsaPkcs1(publicKey, digest, signature)
  const curve = curves.get(spec)
  return curve !== undefined && verifyEcdsa(curve, publicKey, digest, signature)
}

function shown({ signatureId, sequence, timeMs, algorithm, label, serial, publicKey }: KeptSignature): AuditSignature {
  const keyFingerprint = createHash('sha256').update(publicKey).digest('hex')
  return { signatureId, sequence, time: new Date(timeMs).toISOString(), algorithm, tokenLabel: label, tokenSerial: serial, keyFingerprint }
}

function rowOf({ sequence, chainHash, timeMs, algorithm, publicKey, label, serial, signature }: KeptSignature): Uint8Array {
  return utf8(JSON.stringify([layout, sequence, toBase64(chainHash), timeMs, algorithm, toBase64(publicKey), label, serial, toBase64(signature)]))
}

function keptOf(signatureId: string, bytes: Uint8Array): KeptSignature {
  const row: unknown = JSON.parse(new TextDecoder().decode(bytes))
  if (Array.isArray(row) && typeof row[0] === 'number' && row[0] > layout) throw newerVersion()
  const parsed = rowSchema.safeParse(row)
  if (!parsed.success) throw damaged()
  const [, sequence, chainHash, timeMs, algorithm, publicKey, label, serial, signature] = parsed.data
  return { signatureId, sequence, chainHash: bytesOf(chainHash), timeMs, algorithm, publicKey: bytesOf(publicKey), label, serial, signature: bytesOf(signature) }
}

function bytesOf(text: string): Uint8Array {
  return fromBase64(text) ?? new Uint8Array()
}
