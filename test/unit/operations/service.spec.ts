import { describe, expect, it } from 'vitest'
import { composeIn, createTestVault, testPassphrase } from '../../support/composed-application'
import { codeOf } from '../../support/keystore-fixture'
import { useTemporaryFolder } from '../../support/temporary-folder'

const inFolder = useTemporaryFolder()
const from = { face: 'cli', client: 'tests' } as const

describe('operations of the service', () => {
  it('speak of the vault, before there is one, while it is open and while it is locked', async () => {
    const application = await composeIn(inFolder('home'))
    const { dispatcher } = application
    const status = async () => (await dispatcher.run('describeAccountKmsStatus', {}, from)).accountStatus
    const regions = () => dispatcher.run('describeRegions', {}, from)
    expect([await status(), await codeOf(dispatcher.run('openKmsService', {}, from))]).toEqual(['NotEnabled', 'VAULT_NOT_FOUND'])
    expect(await regions()).toEqual({ regions: [{ regionId: 'local' }] })
    await createTestVault(application)
    expect([await status(), await dispatcher.run('openKmsService', {}, from)]).toEqual(['Enabled', {}])
    await dispatcher.run('lockVault', {}, from)
    expect([await status(), await dispatcher.run('openKmsService', {}, from)]).toEqual(['Locked', {}])
    expect(await regions()).toEqual({ regions: [{ regionId: 'local' }] })
    await dispatcher.run('unlockVault', { passphrase: testPassphrase() }, from)
    expect(await status()).toBe('Enabled')
    await application.dispose()
  })
})
