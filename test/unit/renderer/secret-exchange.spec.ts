import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import type { ImportRow } from '../../../src-shared/contract/secret-exchange'
import { KmsError } from '../../../src-shared/errors'
import { secretLimits } from '../../../src-shared/model/secrets'
import { kms } from '../../../src-renderer/bridge'
import { rowStatuses } from '../../../src-renderer/features/secrets/exchange/row-statuses'
import { useLeaveQuestion } from '../../../src-renderer/composables/use-leave-question'
import { useSecretExport } from '../../../src-renderer/features/secrets/exchange/use-secret-export'
import { useSecretImport, type SecretImport } from '../../../src-renderer/features/secrets/exchange/use-secret-import'
import { useVaultStore } from '../../../src-renderer/stores/vault'
import { installFakeBridge } from '../../support/fake-bridge'
import { fakePath } from '../../support/fake/file-operations'
import type { FakeState } from '../../support/fake/state'

let main: FakeState
let scope: EffectScope

beforeEach(async () => {
  vi.useFakeTimers()
  main = installFakeBridge({ status: { state: 'unlocked' }, keyCount: 1, secretCount: 3 })
  setActivePinia(createPinia())
  await useVaultStore().load()
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

const inScope = <T>(use: () => T): T => scope.run(use) as T
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
/** The refusal of a listing, or null where main still knows the import. */
const refusalOf = (importId: string) => kms.listImportRows({ importId }).then(() => null, (error: KmsError) => error.code)

/** An import whose file is read; the first of its four entries has a name that is taken, the last is refused. */
async function previewed(): Promise<SecretImport> {
  main.secrets = main.secrets.map((secret, at) => (at === 0 ? { ...secret, name: 'shops/forum' } : secret))
  const work = inScope(useSecretImport)
  await read(work)
  return work
}
async function read(work: SecretImport): Promise<void> {
  const reading = work.read(fakePath('logins.csv'))
  await pass(main.kdfMs)
  await reading
  expect(work.step.value).toBe('preview')
}
const importIdOf = (work: SecretImport) => work.preview.value?.importId ?? ''
const rowsOf = async (work: SecretImport): Promise<ImportRow[]> => (await kms.listImportRows({ importId: importIdOf(work) })).rows
async function toggle(work: SecretImport, ...indexes: number[]): Promise<void> {
  for (const row of await rowsOf(work)) if (indexes.includes(row.index)) work.toggleRow(row)
}

describe('an import that runs', () => {
  it('is stopped by hand and shows what came of it so far', async () => {
    main.kdfMs = 400
    const work = await previewed()
    const running = work.running.run()
    await pass(250)
    work.stop()
    await pass(0)
    expect([work.isStopping.value, work.step.value]).toEqual([true, 'preview'])
    await pass(400)
    await running
    expect([work.step.value, work.isStopped.value]).toEqual(['results', true])
    expect(work.outcome.value).toEqual({ created: 1, newVersions: 0, skipped: 2, failed: 1 })
    expect(main.secrets.map(({ name }) => name)).toContain('work/github')
    expect(main.secrets.map(({ name }) => name)).not.toContain('software/licence-key-2024')
    const { results } = await kms.listImportResults({ importId: importIdOf(work) })
    expect(results.map(({ result }) => result)).toEqual(['skipped', 'created', 'skipped', 'failed'])
  })

  it('goes on, and says why, when it could not be stopped', async () => {
    main.kdfMs = 400
    const work = await previewed()
    const running = work.running.run()
    main.failures.set('cancelSecretImport', new KmsError('INTERNAL', 'refused'))
    work.stop()
    await pass(0)
    expect([work.stopping.error.value?.code, work.isStopping.value]).toEqual(['INTERNAL', false])
    await pass(400)
    await running
    expect([work.outcome.value?.created, work.isStopped.value]).toEqual([2, false])
  })

  it('is stopped when the page is left', async () => {
    main.kdfMs = 400
    const work = await previewed()
    const running = work.running.run()
    await pass(150)
    scope.stop()
    await pass(400)
    await running
    expect(main.secrets.map(({ name }) => name)).not.toContain('software/licence-key-2024')
  })
})

describe('leaving a page', () => {
  it('is asked about while something runs, and waits for the answer', async () => {
    const isRunning = ref(false)
    const { guard, answer, isAsking } = inScope(() => useLeaveQuestion(() => isRunning.value))
    expect([guard(), isAsking.value]).toEqual([true, false])
    isRunning.value = true
    const stay = guard()
    expect(isAsking.value).toBe(true)
    answer(false)
    expect([await stay, isAsking.value]).toEqual([false, false])
    const leave = guard()
    answer(true)
    expect([await leave, isAsking.value]).toEqual([true, false])
  })

  it('is no question any more when the work has ended: the page stays with what came of it', async () => {
    const isRunning = ref(true)
    const { guard, isAsking } = inScope(() => useLeaveQuestion(() => isRunning.value))
    const leave = guard()
    isRunning.value = false
    await nextTick()
    expect([await leave, isAsking.value]).toEqual([false, false])
  })

  it('answers an attempt that another follows', async () => {
    const { guard, answer, isAsking } = inScope(() => useLeaveQuestion(() => true))
    const first = guard()
    const second = guard()
    expect([await first, isAsking.value]).toEqual([false, true])
    answer(true)
    expect(await second).toBe(true)
  })
})

describe('the folder of an import', () => {
  it('has the limit of main', async () => {
    const work = await previewed()
    work.folder.value = 'x'.repeat(secretLimits.importFolderChars)
    expect([work.folderProblem.value, work.canRun.value]).toEqual([null, true])
    work.folder.value += 'x'
    expect([work.folderProblem.value, work.canRun.value]).toEqual(['tooLong', false])
    work.folder.value = 'a//b'
    expect([work.folderProblem.value, work.canRun.value]).toEqual(['slashes', false])
  })

  it('that main refuses keeps the import from running until one is taken', async () => {
    const work = await previewed()
    work.folder.value = 'new'
    main.failures.set('remapSecretImport', new KmsError('INVALID_PARAMETER', 'refused'))
    const refused = work.remapping.run()
    expect(work.canRun.value).toBe(false)
    await refused
    expect(work.canRun.value).toBe(false)
    await work.remapping.run()
    expect(work.canRun.value).toBe(true)
    expect((await rowsOf(work)).map(({ name }) => name)).toContain('new/shops/forum')
  })

  it('does not bring back rows that were left out, and counts them as they stand now', async () => {
    const work = await previewed()
    await toggle(work, 0, 2)
    expect(work.plan.value).toEqual({ creates: 1, versions: 0, leaves: 3 })
    work.folder.value = 'new'
    await work.remapping.run()
    expect(work.preview.value?.counts).toEqual({ new: 3, taken: 0, refused: 1 })
    expect([...work.skipped.value]).toEqual([[0, 'new'], [2, 'new']])
    expect(work.plan.value).toEqual({ creates: 1, versions: 0, leaves: 3 })
  })

  it('lets rows that were left out come back with another reading of the columns', async () => {
    const work = await previewed()
    await toggle(work, 1)
    work.roles.value = ['name', 'ignore', 'password', 'notes']
    await work.remapping.run()
    expect([...work.skipped.value]).toEqual([])
    expect(work.preview.value?.columns?.map(({ role }) => role)).toEqual(['name', 'ignore', 'password', 'notes'])
  })

  it('is empty for the next file, also when its answer comes late', async () => {
    const work = await previewed()
    work.folder.value = 'new'
    const late = work.remapping.run()
    work.restart()
    await late
    expect([work.step.value, work.folder.value, work.preview.value]).toEqual(['file', '', null])
    await read(work)
    expect((await rowsOf(work)).map(({ name }) => name)).toContain('shops/forum')
  })

  it('does not hold up the next file by what was refused for the last one', async () => {
    const work = await previewed()
    main.failures.set('remapSecretImport', new KmsError('IMPORT_NOT_FOUND', 'refused'))
    const late = work.remapping.run()
    work.restart()
    await late
    await read(work)
    expect([work.remapping.error.value, work.canRun.value]).toEqual([null, true])
  })
})

describe('the rows of an import', () => {
  it('are asked for once per window', async () => {
    const work = await previewed()
    const asked = vi.spyOn(window.keystead.operations, 'listImportRows')
    expect([...(await rowStatuses(importIdOf(work), [2, 0]))]).toEqual([[0, 'taken'], [1, 'new'], [2, 'new'], [3, 'refused']])
    expect(asked).toHaveBeenCalledTimes(1)
    await rowStatuses(importIdOf(work), [])
    expect(asked).toHaveBeenCalledTimes(1)
  })
})

describe('a file that is still being read when the page is left', () => {
  it('is forgotten by main as soon as it is read', async () => {
    main.kdfMs = 400
    const preview = vi.spyOn(window.keystead.operations, 'previewSecretImport')
    const work = inScope(useSecretImport)
    const reading = work.read(fakePath('logins.csv'))
    await pass(100)
    scope.stop()
    await pass(400)
    await reading
    const answer = await (preview.mock.results[0]?.value as ReturnType<typeof window.keystead.operations.previewSecretImport>)
    if (!answer.ok) throw new Error(answer.code)
    expect(await refusalOf(answer.value.importId)).toBe('IMPORT_NOT_FOUND')
    expect(work.preview.value).toBeNull()
  })

  it('is kept while the page is there, and forgotten with it', async () => {
    const importId = importIdOf(await previewed())
    expect(await refusalOf(importId)).toBeNull()
    scope.stop()
    await pass(0)
    expect(await refusalOf(importId)).toBe('IMPORT_NOT_FOUND')
  })
})

describe('an export that runs', () => {
  const plain = () => {
    const work = inScope(() => useSecretExport(() => ''))
    work.format.value = 'json'
    return work
  }
  const begin = async (work: ReturnType<typeof plain>) => {
    await nextTick()
    work.isConfirmed.value = true
    work.submit()
    await pass(100)
  }

  it('holds the page until it has told its outcome', async () => {
    main.kdfMs = 400
    const work = plain()
    expect(work.isHeld.value).toBe(false)
    await begin(work)
    expect([work.isHeld.value, work.done.value]).toEqual([true, null])
    await pass(400)
    expect(work.isHeld.value).toBe(false)
    expect(work.done.value).toEqual({ exported: 3, leftOut: [], name: 'keystead-secrets.json', isPlain: true })
  })

  it('holds it until it has told why it failed', async () => {
    const work = plain()
    main.failures.set('exportSecrets', new KmsError('TARGET_NOT_WRITABLE', 'refused'))
    await begin(work)
    expect([work.isHeld.value, work.done.value, work.exporting.error.value?.code]).toEqual([false, null, 'TARGET_NOT_WRITABLE'])
  })

  it('does not hold the page against the lock', async () => {
    main.kdfMs = 400
    const work = plain()
    await begin(work)
    await useVaultStore().lock()
    expect([work.exporting.pending.value, work.isHeld.value]).toEqual([true, false])
  })

  it('is begun once', async () => {
    main.kdfMs = 400
    const asked = vi.spyOn(window.keystead.operations, 'exportSecrets')
    const work = plain()
    await begin(work)
    work.submit()
    await pass(500)
    work.submit()
    await pass(500)
    expect(asked).toHaveBeenCalledTimes(1)
  })
})
