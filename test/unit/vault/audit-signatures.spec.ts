import Database from 'libsql'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SignatureByToken } from '../../../src-main/vault/token-port'
import { FakeTokenSlots } from '../../support/fake-token-slots'
import { flipped } from '../../support/flipped'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { caller, codeOf, makeVault, openFixture, passphrase, putKey } from './fixture'

const at = useTemporaryFolder()
const key = { tokenId: 't-1', objectId: 'o-1', userPin: null }

async function unlocked(tokens = new FakeTokenSlots()) {
  await makeVault(at('vault'))
  const { vault } = openFixture(at('vault'), { tokens })
  await vault.unlockWithPassphrase(caller(), passphrase())
  return { vault, tokens }
}

/** Signs something else than it is asked to. */
class Liar extends FakeTokenSlots {
  override async sign(chosen: typeof key, message: Uint8Array): Promise<SignatureByToken> {
    return super.sign(chosen, flipped(message, 0))
  }
}

describe('a signature of the audit log', () => {
  it('covers what was written before it, also when entries follow', async () => {
    const { vault, tokens } = await unlocked()
    vault.useAudit.record(caller('encrypt'), 'k', null)
    const signature = await vault.signAudit(caller('signAuditLog'), key)
    const spki = tokens.signingKey.publicKey.export({ format: 'der', type: 'spki' })
    const keyFingerprint = createHash('sha256').update(spki).digest('hex')
    expect(signature).toMatchObject({ sequence: 6, time: '2026-01-02T03:04:05.678Z', algorithm: 'ECDSA_SHA_256', tokenLabel: 'Workstation token', tokenSerial: '46d35148479bcec2', keyFingerprint })
    await putKey(vault, 'three', '{}')
    expect(await vault.verifyAudit()).toMatchObject({ intact: true, entries: 8, signatures: [{ ...signature, outcome: 'valid' }] })
    const later = await vault.signAudit(caller('signAuditLog'), key)
    expect(await vault.listAuditSignatures()).toEqual([later, signature])
    await vault.dispose()
  })

  it('stays valid over a restart and in a backup', async () => {
    const { vault } = await unlocked()
    await vault.signAudit(caller('signAuditLog'), key)
    await vault.backup(caller('backupVault'), at('copy.keystead-backup'), passphrase())
    await vault.dispose()
    const restored = openFixture(at('restored')).vault
    await restored.restore(at('copy.keystead-backup'), passphrase())
    for (const reopened of [openFixture(at('vault')).vault, restored]) {
      await reopened.unlockWithPassphrase(caller(), passphrase())
      expect(await reopened.verifyAudit()).toMatchObject({ intact: true, signatures: [{ outcome: 'valid' }] })
      await reopened.dispose()
    }
  })

  it('does not fit once an entry that it covers was changed, and still does for those before', async () => {
    const { vault, tokens } = await unlocked()
    const first = await vault.signAudit(caller('signAuditLog'), key)
    await putKey(vault, 'three', '{}')
    tokens.signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const second = await vault.signAudit(caller('signAuditLog'), key)
    const database = new Database(at('vault', 'vault.db'))
    const { body } = database.prepare('SELECT body FROM audit WHERE sequence = ?').get(second.sequence) as { body: Buffer }
    database.prepare('UPDATE audit SET body = ? WHERE sequence = ?').run(Buffer.from(flipped(body, 40)), second.sequence)
    database.close()
    const { intact, brokenAt, signatures } = await vault.verifyAudit()
    expect({ intact, brokenAt }).toEqual({ intact: false, brokenAt: second.sequence })
    expect(signatures.map(({ sequence, outcome }) => [sequence, outcome])).toEqual([[second.sequence, 'does-not-fit'], [first.sequence, 'valid']])
    await vault.dispose()
  })

  it('is not kept when it does not fit its key, or the token refuses', async () => {
    const { vault } = await unlocked(new Liar())
    expect(await codeOf(vault.signAudit(caller('signAuditLog'), key))).toBe('TOKEN_MODULE_FAILED')
    await vault.dispose()
    const tokens = new FakeTokenSlots()
    const other = openFixture(at('vault'), { tokens }).vault
    await other.unlockWithPassphrase(caller(), passphrase())
    expect(await other.listAuditSignatures()).toEqual([])
    await other.dispose()
  })
})
