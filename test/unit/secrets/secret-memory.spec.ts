import { describe, expect, it } from 'vitest'
import { concatBytes, copyBytes } from '../../../src-main/crypto/bytes'
import { randomBytesOf } from '../../../src-main/crypto/random'
import { composeIn, createTestVault } from '../../support/composed-application'
import { bytesOf } from '../../support/secrets-fixture'
import { copiesOf, turned } from '../../support/process-memory'
import { useTemporaryFolder } from '../../support/temporary-folder'

/** Memory that was freed comes back at once from Electron's allocator, where the product runs; plain Node's gives no such order. */
const isElectron = 'electron' in process.versions

/** Text that occurs nowhere else, as bytes: a string of it could not be zeroed. */
function canary(): Uint8Array {
  const bytes = randomBytesOf(24)
  for (const [at, byte] of bytes.entries()) bytes[at] = 0x61 + (byte % 26)
  return bytes
}

/** JSON text around bytes, made without a string of them. */
function around(before: string, value: Uint8Array, after: string): Uint8Array {
  return concatBytes(bytesOf(before), value, bytesOf(after))
}

describe('the values of secrets', () => {
  const path = useTemporaryFolder()

  it('are zeroed in the request that carried them, whether it was done or refused', async () => {
    const application = await composeIn(path())
    await createTestVault(application)
    const from = { face: 'ipc', client: 'window' } as const
    const requests = [40, 40, 30_721].map((length) => ({ secretName: 'generic', versionId: 'v1', secretData: new Uint8Array(length).fill(0x61) }))
    const codes = []
    for (const request of requests) {
      codes.push(await application.dispatcher.run('createSecret', request, from).then(() => 'ok', ({ code }: { code: string }) => code))
    }
    expect(codes).toEqual(['ok', 'SECRET_EXISTS', 'INVALID_PARAMETER'])
    expect(requests.map(({ secretData }) => secretData.every((byte) => byte === 0))).toEqual([true, true, true])
    await application.dispose()
  })

  if (isElectron) {
    it('leave no copy in memory once they were made, read and put, and the vault is locked', async () => {
      const application = await composeIn(path())
      await createTestVault(application)
      const from = { face: 'ipc', client: 'window' } as const
      const { dispatcher } = application
      const secrets = { generic: canary(), fields: canary(), account: canary(), put: canary() }
      const needles = Object.values(secrets).map(turned)
      const extendedConfig = JSON.stringify({ SecretSubType: 'SingleUser', DBInstanceId: 'x' })
      const requests = [
        { secretName: 'generic', versionId: 'v1', secretData: copyBytes(secrets.generic) },
        { secretName: 'fields', versionId: 'v1', secretData: around('{"user":"ada","password":"', secrets.fields, '"}') },
        { secretName: 'account', versionId: 'v1', secretType: 'Rds' as const, extendedConfig, secretData: around('{"Accounts":[{"AccountName":"a","AccountPassword":"', secrets.account, '"}]}') },
      ]
      for (const request of requests) await dispatcher.run('createSecret', request, from)
      await dispatcher.run('putSecretValue', { secretName: 'fields', versionId: 'v2', secretData: around('{"password":"', secrets.put, '"}') }, from)
      await dispatcher.run('putSecretValue', { secretName: 'fields', versionId: 'v2', secretData: around('{"password":"', secrets.put, '"}') }, from)
      await dispatcher.run('updateSecretVersionStage', { secretName: 'fields', versionStage: 'ACSCurrent', moveToVersion: 'v1' }, from)
      for (const value of Object.values(secrets)) value.fill(0)
      for (const secretName of ['generic', 'fields', 'account']) {
        const { secretData } = await dispatcher.run('getSecretValue', { secretName }, from)
        expect(secretData.length).toBeGreaterThan(20)
        secretData.fill(0)
      }
      await dispatcher.run('lockVault', {}, from)
      // One of the copies is made for looking.
      expect(needles.map(copiesOf)).toEqual([1, 1, 1, 1])
      await application.dispose()
    }, 60_000)
  }
})
