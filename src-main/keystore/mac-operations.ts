import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { keySpecInfos } from '../../src-shared/model/key-specs'
import type { StateOperation } from '../../src-shared/model/state-table'
import { equalBytes } from '../crypto/bytes'
import { requireFamily } from './key-checks'
import type { KeyRecord } from './key-record'
import { primaryVersion, requireUsable, requireUsage, type KeySession } from './key-session'

type MacRequest = Pick<Request<'generateMac'>, 'algorithm' | 'message'>

/** GenerateMac (kms-api 1.9): the whole HMAC. State codes, UNSUPPORTED_OPERATION, INVALID_PARAMETER (algorithm). */
async function generateMac(session: KeySession, caller: Caller, request: Request<'generateMac'>): Promise<Response<'generateMac'>> {
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    const mac = await macOf(session, record, 'generateMac', request)
    session.recordUse(caller, keyId)
    return { keyId, keyVersionId: record.primaryVersionId, mac }
  })
}

/** VerifyMac: false for a MAC of another length too; compared in constant time. Codes of generateMac(). */
async function verifyMac(session: KeySession, caller: Caller, request: Request<'verifyMac'>): Promise<Response<'verifyMac'>> {
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    const mac = await macOf(session, record, 'verifyMac', request)
    const value = equalBytes(mac, request.mac)
    mac.fill(0)
    session.recordUse(caller, keyId)
    return { keyId, keyVersionId: record.primaryVersionId, value }
  })
}

async function macOf(session: KeySession, record: KeyRecord, operation: StateOperation, { algorithm, message }: MacRequest): Promise<Uint8Array> {
  requireUsable(session, record, operation)
  requireFamily(record, 'mac')
  requireUsage(record, 'GENERATE_VERIFY_MAC')
  const { mac: known } = keySpecInfos[record.keySpec]
  if (known !== algorithm) throw invalidParameter('algorithm', `is not the algorithm of the spec ${record.keySpec}`)
  const version = primaryVersion(record)
  const mac = await session.provider.mac(version, algorithm, message)
  session.usage.noteUse(record.keyId, version.keyVersionId)
  return mac
}

export const macOperations = { generateMac, verifyMac }
