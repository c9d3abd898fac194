import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Application } from '../../src-main/compose'
import { silentLog } from '../support/cheap-vault'
import { composeIn, createTestVault, testPassphrase } from '../support/composed-application'
import { useTemporaryFolder } from '../support/temporary-folder'

const inFolder = useTemporaryFolder()
const window = { face: 'ipc', client: 'window' } as const
let application: Application
let locks: number

beforeEach(async () => {
  locks = 0
  application = await composeIn(inFolder(), {}, silentLog, { onLocked: () => (locks += 1) })
  await createTestVault(application)
})

afterEach(() => application.dispose())

test('a lock that comes while an unlock is under way locks, and the page is replaced', async () => {
  const { dispatcher, vault } = application
  await dispatcher.run('lockVault', {}, window)
  expect(locks).toBe(1)
  const unlocking = dispatcher.run('unlockVault', { passphrase: testPassphrase() }, window)
  await dispatcher.run('lockVault', {}, window)
  await unlocking
  expect(vault.isUnlocked).toBe(false)
  expect(locks).toBe(2)
})

test('two locks at once replace the page once', async () => {
  const { dispatcher } = application
  const answers = await Promise.all([dispatcher.run('lockVault', {}, window), dispatcher.run('lockVault', {}, window)])
  expect(answers.map(({ status }) => status.state)).toEqual(['locked', 'locked'])
  expect(locks).toBe(1)
})

test('two unlocks at once both succeed, and a lock in the middle of an operation refuses it or lets it end', async () => {
  const { dispatcher, vault } = application
  await dispatcher.run('lockVault', {}, window)
  const unlock = () => dispatcher.run('unlockVault', { passphrase: testPassphrase() }, window)
  await Promise.all([unlock(), unlock()])
  expect(vault.isUnlocked).toBe(true)
  const creating = Array.from({ length: 5 }, () => dispatcher.call('createKey', {}, window))
  await dispatcher.run('lockVault', {}, window)
  const outcomes = await Promise.all(creating)
  await unlock()
  const { totalCount } = await dispatcher.run('listKeys', {}, window)
  expect(totalCount).toBe(outcomes.filter(({ ok }) => ok).length)
  for (const outcome of outcomes) if (!outcome.ok) expect(outcome.code).toBe('VAULT_LOCKED')
})

test('closing in the middle of an unlock leaves the vault locked', async () => {
  const { dispatcher, vault } = application
  await dispatcher.run('lockVault', {}, window)
  const unlocking = dispatcher.call('unlockVault', { passphrase: testPassphrase() }, window)
  await application.dispose()
  await unlocking
  expect(vault.isUnlocked).toBe(false)
})

test('jobs are forgotten with the lock, and so are the names of their files', async () => {
  const { dispatcher, handles, files } = application
  writeFileSync(inFolder('not encrypted.txt'), 'plain')
  const { job } = await dispatcher.run('decryptFiles', { sources: [handles.issue(inFolder('not encrypted.txt'), 'source')] }, window)
  await files.waitFor(job.jobId)
  expect((await dispatcher.run('listJobs', {}, window)).jobs).toHaveLength(1)
  await dispatcher.run('lockVault', {}, window)
  await dispatcher.run('unlockVault', { passphrase: testPassphrase() }, window)
  expect((await dispatcher.run('listJobs', {}, window)).jobs).toEqual([])
})
