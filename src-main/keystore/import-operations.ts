import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { isSymmetric } from '../../src-shared/model/key-specs'
import type { StateOperation } from '../../src-shared/model/state-table'
import { keyCheckValue } from '../crypto/key-check-value'
import { generateRsaKey } from '../crypto/rsa'
import { generateSm2 } from '../crypto/sm2'
import { changeKey, editKey } from './change-key'
import { withoutMaterial } from './destroy-key'
import { issueToken } from './import-tokens'
import { fingerprintOf, unwrapMaterial } from './imported-material'
import { requireEncryption } from './key-checks'
import type { KeyEntry } from './key-index'
import { isoSeconds } from './key-metadata'
import type { KeyRecord } from './key-record'
import { effectiveState, primaryVersion, requireUsable, type KeySession } from './key-session'
import { SoftwareMaterial } from './software/software-material'

/** 9999-12-31T23:59:59Z: later times have no place in ISO 8601. */
const lastExpiryUnix = 253_402_300_799

/**
 * GetParametersForImport (kms-api 1.7): a token and a public key of its own, for this key and 24 hours. The pair is made
 * while nothing waits. UNSUPPORTED_ORIGIN, UNSUPPORTED_WRAPPING_ALGORITHM, INVALID_PARAMETER (wrappingAlgorithm).
 */
function getParametersForImport(session: KeySession, caller: Caller, request: Request<'getParametersForImport'>): Promise<Response<'getParametersForImport'>> {
  const { keyId } = session.resolve(request.keyId)
  const { wrappingKeySpec, wrappingAlgorithm } = request
  return session.audited(caller, keyId, async () => {
    importable(session, keyId, 'getParametersForImport')
    if (wrappingAlgorithm === 'RSAES_PKCS1_V1_5') throw unsafePadding(keyId)
    requireEncryption(wrappingKeySpec, wrappingAlgorithm, 'wrappingAlgorithm')
    const { material: privateKey, publicKey } = await (wrappingKeySpec === 'RSA_2048' ? generateRsaKey(2048) : generateSm2())
    try {
      const { importToken, expiresAt } = await session.changes.run(async () => {
        importable(session, keyId, 'getParametersForImport')
        return issueToken(session, caller, keyId, wrappingAlgorithm, privateKey)
      })
      // What expires has a time at which the key must be looked at.
      session.changed(keyId)
      return { keyId, importToken, publicKey, tokenExpireTime: isoSeconds(expiresAt) }
    } finally {
      privateKey.destroy()
    }
  })
}

/**
 * ImportKeyMaterial (kms-api 1.7): the key that waited is enabled, a disabled one stays disabled; the expiry is set anew.
 * STATE_MODIFIED_FAILED, UNSUPPORTED_ORIGIN, INVALID_PARAMETER (keyMaterialExpireUnix), and the codes of unwrapMaterial().
 */
function importKeyMaterial(session: KeySession, caller: Caller, request: Request<'importKeyMaterial'>): Promise<Response<'importKeyMaterial'>> {
  return session.changes.run(async () => {
    const { keyId } = session.resolve(request.keyId)
    return session.audited(caller, keyId, async () => {
      const entry = importable(session, keyId, 'importKeyMaterial')
      const expiresAt = expiryOf(session, request.keyMaterialExpireUnix ?? 0)
      const material = await unwrapMaterial(session, entry.record, request)
      try {
        await editKey(session, caller, entry, async (record, tx) => {
          await session.provider.store(tx, primaryVersion(record), new SoftwareMaterial(material, null))
          const fingerprint = record.importedMaterial.fingerprint ?? material.use((bytes) => fingerprintOf(bytes))
          const state = effectiveState(record, session.nowMs())
          return { ...record, importedMaterial: { expiresAt, fingerprint }, keyState: state === 'PendingImport' ? 'Enabled' : state }
        })
      } finally {
        material.destroy()
      }
      return {}
    })
  })
}

/** DeleteKeyMaterial (kms-api 1.4): the key waits for the same material again; a pending deletion goes on. UNSUPPORTED_ORIGIN. */
function deleteKeyMaterial(session: KeySession, caller: Caller, { keyId }: Request<'deleteKeyMaterial'>): Promise<Response<'deleteKeyMaterial'>> {
  return changeKey(session, caller, keyId, 'deleteKeyMaterial', (record, tx) => {
    requireWrappedImport(record)
    return withoutMaterial(session, record, tx)
  })
}

/** Not of the KMS API: the checks of importKeyMaterial(), the same refusals, and no change. */
function rehearseImport(session: KeySession, caller: Caller, request: Request<'rehearseImport'>): Promise<Response<'rehearseImport'>> {
  const { keyId } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    const { record } = importable(session, keyId, 'importKeyMaterial')
    const material = await unwrapMaterial(session, record, request)
    try {
      const checkValue = material.use((bytes) => keyCheckValue(record.keySpec === 'Aliyun_SM4' ? 'SM4' : 'AES', bytes))
      session.recordUse(caller, keyId)
      return { materialBytes: material.length, keyCheckValue: checkValue, isReImport: record.importedMaterial.fingerprint !== null }
    } finally {
      material.destroy()
    }
  })
}

/** The key as it is now. KEY_NOT_FOUND, the codes of the state table, UNSUPPORTED_ORIGIN. */
function importable(session: KeySession, keyId: string, operation: StateOperation): KeyEntry {
  const entry = session.resolve(keyId)
  requireUsable(session, entry.record, operation)
  requireWrappedImport(entry.record)
  return entry
}

/** A private key that was imported is a key for life: its material cannot come a second time in this way. */
function requireWrappedImport({ keyId, keySpec, origin }: KeyRecord): void {
  if (origin === 'EXTERNAL' && isSymmetric(keySpec)) return
  throw new KmsError('UNSUPPORTED_ORIGIN', 'The material of the specified key was not made to be imported: this is for symmetric keys of origin EXTERNAL.', { keyId })
}

/** Milliseconds since the epoch; null for 0. INVALID_PARAMETER for a time that has passed. */
function expiryOf(session: KeySession, expireUnix: number): number | null {
  if (expireUnix === 0) return null
  if (expireUnix * 1000 <= session.nowMs()) throw invalidParameter('keyMaterialExpireUnix', 'must not be in the past')
  if (expireUnix > lastExpiryUnix) throw invalidParameter('keyMaterialExpireUnix', 'must be in seconds, and not after the year 9999')
  return expireUnix * 1000
}

function unsafePadding(keyId: string): KmsError {
  return new KmsError(
    'UNSUPPORTED_WRAPPING_ALGORITHM',
    'RSAES_PKCS1_V1_5 is refused: whoever sees whether its padding is accepted can find out the key material. Use RSAES_OAEP_SHA_256.',
    { keyId },
  )
}

export const importOperations = { getParametersForImport, importKeyMaterial, deleteKeyMaterial, rehearseImport }
