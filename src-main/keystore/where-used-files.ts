import { createHash } from 'node:crypto'
import { systemCaller } from '../../src-shared/model/caller'
import type { FileUse, FileUses } from './file-uses'
import type { KeySession } from './key-session'
import { vaultLocked } from './vault-locked'
import { decodeUse, type KeyUseRow } from './where-used-row'

const caller = systemCaller('recordFileUse')
const resource = 'files'

/** FileUses on the open vault. `session` gives null while the vault is locked; then calls throw VAULT_LOCKED. */
export class VaultFileUses implements FileUses {
  readonly #session: () => KeySession | null

  constructor(session: () => KeySession | null) {
    this.#session = session
  }

  async record(uses: readonly FileUse[]): Promise<void> {
    const session = this.#session()
    if (!session) throw vaultLocked()
    await recordFiles(session, uses)
  }
}

/** The id of the entry of a path: a file has one entry, whatever key it was last encrypted with. */
export function useIdOfPath(path: string): string {
  return `file-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`
}

/** As FileUses.record(). */
async function recordFiles(session: KeySession, uses: readonly FileUse[]): Promise<void> {
  const now = session.clock.nowMs()
  await session.whereUsed.change(caller, resource, async () => ({ puts: uses.map((use) => rowOf(use, now)), removes: [] }))
}

/** Notes of entries of files whether they were there. Entries that are gone are passed over. */
export async function noteMissing(session: KeySession, useIds: readonly string[], isMissing: boolean): Promise<void> {
  await session.whereUsed.change(caller, resource, async (tx) => {
    const puts: KeyUseRow[] = []
    for (const id of useIds) {
      const row = await tx.read('where-used', id)
      if (row === null) continue
      const { entry, content } = decodeUse(id, row)
      puts.push({ entry: { ...entry, isMissing }, content })
    }
    return { puts, removes: [] }
  })
}

function rowOf({ path, keyId, keyVersionId, messageId, bytes, encryptedAt }: FileUse, now: number): KeyUseRow {
  return {
    entry: { useId: useIdOfPath(path), kind: 'file', name: path, keyId, keyVersionId, encryptedAt: encryptedAt ?? now, isMissing: false, bytes },
    content: { kind: 'file', messageId: Buffer.from(messageId).toString('hex') },
  }
}
