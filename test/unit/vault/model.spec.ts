import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordKind } from '../../../src-main/vault/records'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { caller, openFixture, passphrase } from './fixture'

const at = useTemporaryFolder()

type Step = { do: 'put'; kind: RecordKind; id: string; bytes: Uint8Array } | { do: 'remove'; kind: RecordKind; id: string }
type Command = { do: 'transaction'; steps: Step[]; fails: boolean } | { do: 'reopen' }

const kind = fc.constantFrom<RecordKind>('key', 'key-material', 'key-usage')
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('put' as const), kind, id, bytes: fc.uint8Array({ maxLength: 64 }) }),
  fc.record({ do: fc.constant('remove' as const), kind, id }),
)
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('transaction' as const), steps: fc.array(step, { maxLength: 6 }), fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
)

describe('any sequence of mutations', () => {
  it('leaves what a plain map would hold, over restarts too', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 14 }), async (commands) => {
        const folder = at(`vault-${run++}`)
        let { vault } = openFixture(folder)
        await vault.create({ passphrase: passphrase(), name: 'v' })
        const model = new Map<string, string>()
        for (const each of commands) {
          if (each.do === 'reopen') {
            await vault.dispose()
            vault = openFixture(folder).vault
            await vault.unlockWithPassphrase(caller(), passphrase())
          } else {
            await apply(vault, each)
            if (!each.fails) follow(model, each.steps)
          }
          expect(await everything(vault)).toEqual(new Map([...model].sort()))
        }
        expect((await vault.verifyAudit()).intact).toBe(true)
        await vault.dispose()
      }),
      { numRuns: 40 },
    )
  })
})

async function apply(vault: ReturnType<typeof openFixture>['vault'], { steps, fails }: { steps: Step[]; fails: boolean }): Promise<void> {
  const running = vault.mutate(caller(), '', async (tx) => {
    for (const each of steps) {
      if (each.do === 'put') await tx.put(each.kind, each.id, null, each.bytes)
      else await tx.remove(each.kind, each.id)
    }
    if (fails) throw new Error('wanted')
  })
  if (fails) await expect(running).rejects.toThrow('wanted')
  else await running
}

function follow(model: Map<string, string>, steps: Step[]): void {
  for (const each of steps) {
    if (each.do === 'put') model.set(`${each.kind} ${each.id}`, Buffer.from(each.bytes).toString('hex'))
    else model.delete(`${each.kind} ${each.id}`)
  }
}

async function everything(vault: ReturnType<typeof openFixture>['vault']): Promise<Map<string, string>> {
  const found: [string, string][] = []
  for (const each of ['key', 'key-material', 'key-usage'] as const) {
    for (const record of await vault.list(each)) {
      found.push([`${each} ${record.id}`, Buffer.from(record.bytes).toString('hex')])
      expect(await vault.read(each, record.id)).toEqual(Uint8Array.from(record.bytes))
    }
  }
  return new Map(found.sort())
}
