import { describe, expect, it } from 'vitest'
import type { RecordKind } from '../../../src-main/vault/records'
import { KmsError } from '../../../src-shared/errors'
import { operations } from '../../../src-shared/contract/operations'
import { systemCaller } from '../../../src-shared/model/caller'
import { callerOf, codeOf, openKeystore } from '../../support/keystore-fixture'

const day = 86_400_000
const bytes = (text: string) => new TextEncoder().encode(text)
const everyKind = ['key', 'key-material', 'key-usage', 'public-key', 'import-token', 'certificate', 'where-used', 'rotation-run'] as const satisfies readonly RecordKind[]

async function openWithKey(input: Parameters<Awaited<ReturnType<typeof openKeystore>>['newKey']>[0] = {}) {
  const opened = await openKeystore()
  const { keyId } = await opened.newKey(input)
  const metadata = async () => (await opened.ask('describeKey', { keyId })).keyMetadata
  const rows = async () => Object.fromEntries(await Promise.all(everyKind.map(async (kind) => [kind, (await opened.records.list(kind)).map(({ id }) => id)])))
  return { ...opened, keyId, metadata, rows }
}

describe('enableKey and disableKey', () => {
  it('change the state, as often as they are asked', async () => {
    const { ask, keyId, metadata, relock } = await openWithKey()
    for (const [operation, state] of [['disableKey', 'Disabled'], ['disableKey', 'Disabled'], ['enableKey', 'Enabled'], ['enableKey', 'Enabled']] as const) {
      await ask(operation, { keyId })
      await relock()
      expect((await metadata()).keyState).toBe(state)
    }
  })
})

describe('scheduleKeyDeletion', () => {
  it('sets the date and stops every use', async () => {
    const { ask, keyId, metadata, relock, records } = await openWithKey()
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    await relock()
    expect(await metadata()).toMatchObject({ keyState: 'PendingDeletion', deleteDate: '2026-09-08T12:00:00Z' })
    expect(records.audit.at(-1)).toEqual({ caller: callerOf('scheduleKeyDeletion'), resource: keyId, code: null })
    expect(await codeOf(ask('encrypt', { keyId, plaintext: bytes('x') }))).toBe('KEY_PENDING_DELETION')
  })

  it.each([[6], [367], [0], [-7], [7.5], ['7'], [Number.NaN], [undefined]])('takes no window of %j days', (pendingWindowInDays) => {
    expect(operations.scheduleKeyDeletion.request.safeParse({ keyId: 'k', pendingWindowInDays }).success).toBe(false)
  })

  it('takes the longest window', async () => {
    const { ask, keyId, metadata } = await openWithKey()
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 366 })
    expect((await metadata()).deleteDate).toBe('2027-09-02T12:00:00Z')
  })
})

describe('cancelKeyDeletion', () => {
  it('gives the key back, enabled, whatever it was', async () => {
    const { ask, keyId, metadata, relock } = await openWithKey()
    const { ciphertextBlob } = await ask('encrypt', { keyId, plaintext: bytes('kept') })
    await ask('disableKey', { keyId })
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    await ask('cancelKeyDeletion', { keyId })
    await relock()
    const now = await metadata()
    expect([now.keyState, 'deleteDate' in now]).toEqual(['Enabled', false])
    expect((await ask('decrypt', { ciphertextBlob })).plaintext).toEqual(bytes('kept'))
  })

  it('lets a key without imported material wait for it', async () => {
    const { ask, keyId, metadata } = await openWithKey({ origin: 'EXTERNAL' })
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    await ask('cancelKeyDeletion', { keyId })
    expect((await metadata()).keyState).toBe('PendingImport')
  })

  it('comes too late when the days are over, even before the key is gone', async () => {
    const { ask, clock, keyId } = await openWithKey()
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    clock.time += 7 * day
    expect(await codeOf(ask('cancelKeyDeletion', { keyId }))).toBe('STATE_MODIFIED_FAILED')
  })
})

describe('deletion protection', () => {
  it('refuses to schedule until it is switched off', async () => {
    const { ask, keyId, metadata, use, relock } = await openWithKey()
    const { arn } = await metadata()
    await ask('setDeletionProtection', { protectedResourceArn: arn, enableDeletionProtection: true, deletionProtectionDescription: 'payroll' })
    await relock()
    expect(await metadata()).toMatchObject({ deletionProtection: 'Enabled', deletionProtectionDescription: 'payroll' })
    expect(await codeOf(ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 }))).toBe('DELETION_PROTECTED')
    expect(use.calls.at(-1)).toEqual({ caller: callerOf('scheduleKeyDeletion'), resource: keyId, code: 'DELETION_PROTECTED' })
    await ask('setDeletionProtection', { keyId, enableDeletionProtection: false })
    expect((await metadata()).deletionProtection).toBe('Disabled')
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
  })

  it.each([
    [{ enableDeletionProtection: true }],
    [{ keyId: 'KEY', protectedResourceArn: 'ARN', enableDeletionProtection: true }],
    [{ protectedResourceArn: 'KEY', enableDeletionProtection: true }],
    [{ keyId: 'KEY', enableDeletionProtection: false, deletionProtectionDescription: 'x' }],
  ])('takes no %j', async (request) => {
    const { ask, keyId, metadata } = await openWithKey()
    const { arn } = await metadata()
    const filled = Object.fromEntries(Object.entries(request).map(([name, value]) => [name, value === 'KEY' ? keyId : value === 'ARN' ? arn : value]))
    expect(await codeOf(ask('setDeletionProtection', filled as never))).toBe('INVALID_PARAMETER')
  })
})

describe('the end of a key', () => {
  it('comes when the days are over and takes all that the vault has of it in one transaction', async () => {
    const { ask, clock, keyId, keystore, records, rows, newKey, relock } = await openWithKey()
    const kept = (await newKey({ keySpec: 'EC_P256' })).keyId
    const { ciphertextBlob } = await ask('encrypt', { keyId, plaintext: bytes('x') })
    await ask('rotateKey', { keyId })
    await ask('encrypt', { keyId, plaintext: bytes('y') })
    await ask('createAlias', { aliasName: 'alias/gone', keyId })
    await ask('keepCiphertext', { name: 'token', ciphertextBlob })
    records.plant('rotation-run', keyId, null, bytes('run'))
    await keystore.flush()
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    clock.time += 7 * day - 1
    await keystore.catchUp()
    expect((await ask('describeKey', { keyId })).keyMetadata.keyState).toBe('PendingDeletion')
    const entries = records.audit.length
    const seen: (string | null)[] = []
    keystore.onChange((id) => seen.push(id))
    clock.time += 1
    await keystore.catchUp()
    expect(records.audit.slice(entries)).toEqual([{ caller: systemCaller('deleteKey'), resource: keyId, code: null }])
    expect(seen).toEqual([keyId])
    const gone = async () => {
      for (const reference of [keyId, 'alias/gone']) expect(await codeOf(ask('describeKey', { keyId: reference }))).toMatch(/_NOT_FOUND$/)
      expect(await codeOf(ask('decrypt', { ciphertextBlob }))).toBe('KEY_NOT_FOUND')
      expect(await ask('searchKeys', {})).toMatchObject({ total: 1, rows: [{ keyId: kept }] })
      const { keyVersions } = await ask('listKeyVersions', { keyId: kept })
      const version = keyVersions.map(({ keyVersionId }) => keyVersionId)
      expect(await rows()).toEqual({
        key: [kept],
        'key-material': version,
        'key-usage': [],
        'public-key': version,
        'import-token': [],
        certificate: [],
        'where-used': [],
        'rotation-run': [],
      })
    }
    await gone()
    await relock()
    await gone()
    await ask('createAlias', { aliasName: 'alias/gone', keyId: kept })
  })

  it('takes the certificates of the key', async () => {
    const { ask, clock, keyId, keystore, records, newKey } = await openWithKey({ keySpec: 'EC_P256' })
    const kept = (await newKey({ keySpec: 'EC_P256' })).keyId
    const subject = 'CN=test,O=Keystead,OU=tests,C=DE'
    const [gone, other] = await Promise.all([keyId, kept].map((owner) => ask('createCertificate', { keyId: owner, subject })))
    await ask('createCertificate', { keyId, subject })
    expect(await ask('previewKeyDeletion', { keyId })).toMatchObject({ certificates: 2 })
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    clock.passDays(7)
    await keystore.catchUp()
    expect(await codeOf(ask('describeCertificate', { certificateId: gone?.certificateId ?? '' }))).toBe('CERTIFICATE_NOT_FOUND')
    expect(await ask('describeCertificate', { certificateId: other?.certificateId ?? '' })).toMatchObject({ keyId: kept })
    expect((await records.list('certificate')).map(({ parentId }) => parentId)).toEqual([kept])
  })

  it('takes import tokens that have not expired yet', async () => {
    const { ask, clock, keyId, keystore, records, newKey } = await openWithKey({ origin: 'EXTERNAL' })
    const kept = (await newKey({ origin: 'EXTERNAL' })).keyId
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    clock.time += 6.5 * day
    for (const owner of [keyId, kept]) await ask('getParametersForImport', { keyId: owner, wrappingAlgorithm: 'SM2PKE', wrappingKeySpec: 'EC_SM2' })
    clock.time += 0.5 * day
    await keystore.catchUp()
    const owners = (await records.list('import-token')).flatMap(({ parentId }) => parentId ?? [])
    expect(owners).toEqual([kept])
    expect(keystore.session().importTokens.nextOf(keyId)).toBeNull()
  })

  it('comes at the next unlock when the vault was locked', async () => {
    const { ask, clock, keyId, relock, rows } = await openWithKey()
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    clock.passDays(100)
    await relock()
    expect(Object.values(await rows()).flat()).toEqual([])
  })

  it('does not come after a cancel, nor by a clock that is set back', async () => {
    const { ask, clock, keyId, keystore, metadata, newKey } = await openWithKey()
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    await ask('cancelKeyDeletion', { keyId })
    clock.passDays(10)
    await newKey()
    clock.passDays(-9)
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    expect((await metadata()).deleteDate).toBe('2026-09-18T12:00:00Z')
    clock.passDays(7)
    await keystore.catchUp()
    expect((await metadata()).keyState).toBe('PendingDeletion')
  })

  it('takes nothing when its transaction fails, and is tried again', async () => {
    const { ask, clock, keyId, keystore, records, rows, metadata } = await openWithKey()
    await ask('encrypt', { keyId, plaintext: bytes('x') })
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    const before = await rows()
    clock.passDays(7)
    records.failNextCommit(new KmsError('NO_SPACE', 'The disk is full.'))
    await keystore.catchUp()
    expect([await rows(), (await metadata()).keyState]).toEqual([before, 'PendingDeletion'])
    await keystore.catchUp()
    expect(Object.values(await rows()).flat()).toEqual([])
  })
})

describe('imported material that expires', () => {
  /** A key whose material is taken for imported, with an end. */
  async function openImported(days: number) {
    const opened = await openWithKey()
    const { ciphertextBlob } = await opened.ask('encrypt', { keyId: opened.keyId, plaintext: bytes('x') })
    const expiresAt = opened.clock.time + days * day
    await opened.rewrite(opened.keyId, { origin: 'EXTERNAL', importedMaterial: { expiresAt, fingerprint: 'c2FsdA==' } })
    return { ...opened, ciphertextBlob }
  }

  it('is refused from that moment, also before it is destroyed', async () => {
    const { ask, clock, keyId, ciphertextBlob, records, metadata } = await openImported(3)
    await ask('decrypt', { ciphertextBlob })
    clock.passDays(3)
    expect((await metadata()).keyState).toBe('PendingImport')
    for (const refused of [ask('decrypt', { ciphertextBlob }), ask('encrypt', { keyId, plaintext: bytes('x') })]) expect(await codeOf(refused)).toBe('KEY_PENDING_IMPORT')
    expect(await codeOf(ask('disableKey', { keyId }))).toBe('STATE_MODIFIED_FAILED')
    clock.passDays(-2)
    expect(await codeOf(ask('decrypt', { ciphertextBlob }))).toBe('KEY_PENDING_IMPORT')
    expect(await records.list('key-material')).toHaveLength(1)
  })

  it('is destroyed, and what the next import must equal is kept', async () => {
    const { clock, keyId, keystore, records, metadata, rows } = await openImported(3)
    clock.passDays(3)
    await keystore.catchUp()
    expect((await rows())['key-material']).toEqual([])
    expect(await metadata()).toMatchObject({ keyState: 'PendingImport', materialExpireTime: '' })
    expect(records.audit.at(-1)).toEqual({ caller: systemCaller('deleteKeyMaterial'), resource: keyId, code: null })
    expect(keystore.session().resolve(keyId).record.importedMaterial).toEqual({ expiresAt: null, fingerprint: 'c2FsdA==' })
  })

  it('does not end a pending deletion; a cancel then waits for an import', async () => {
    const { ask, clock, keyId, keystore, metadata, rows } = await openImported(3)
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    clock.passDays(3)
    await keystore.catchUp()
    expect((await rows())['key-material']).toEqual([])
    expect(await metadata()).toMatchObject({ keyState: 'PendingDeletion', deleteDate: '2026-09-08T12:00:00Z' })
    await ask('cancelKeyDeletion', { keyId })
    expect((await metadata()).keyState).toBe('PendingImport')
  })
})
