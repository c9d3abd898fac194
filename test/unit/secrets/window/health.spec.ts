import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundleForNode } from '../../../support/bundle'
import { bytesOf } from '../../../support/secrets-fixture'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { login, useSecretWindow, type FormField } from './support'

const at = useTemporaryFolder()
let workerUrl: URL | undefined
const { call, save, edit, codeFor, clock, payloadsOf, auditOf } = useSecretWindow(at, () => workerUrl)
const strong = ['Zq8#vLw2!rTn5@xK', 'b7$Yh3^mQp9&dWs1', 'uE4*gJ6(kRc0)fXz']

beforeAll(async () => {
  workerUrl = pathToFileURL(await bundleForNode('src-main/secrets/window/strength-worker.ts', `strength-worker-${process.versions['electron'] ? 'electron' : 'node'}`))
}, 120_000)

const findings = async (input = {}) => (await call('checkSecretHealth', input)).findings.map(({ kind, secretName, field, sharedWith }) => [kind, secretName, field, ...sharedWith])

describe('checkSecretHealth', () => {
  it('finds nothing in good health', async () => {
    await save('a', login('anna', strong[0] ?? ''))
    await save('b', login('anna', strong[1] ?? '', [{ name: 'notes', text: 'password', kind: 'multiline' }]))
    expect(await call('checkSecretHealth', {})).toEqual({
      checkedTime: '2026-09-01T12:00:00Z',
      checked: 2,
      counts: { weak: 0, reused: 0, expired: 0, dueSoon: 0, overdue: 0, failed: 0 },
      total: 0,
      findings: [],
    })
  })

  it('finds weak and shared passwords, in fields or as whole values, and never tells one', async () => {
    await save('a', login('anna', 'hunter2'))
    await save('b', login('berta', strong[0] ?? ''))
    await save('c', login('carl', strong[0] ?? ''))
    await call('createSecret', { secretName: 'plain', versionId: 'v1', secretData: bytesOf(strong[0] ?? '') })
    await call('createSecret', { secretName: 'note', versionId: 'v1', secretData: bytesOf('a whole sentence is no password') })
    await call('createSecret', { secretName: 'bin', versionId: 'v1', secretData: bytesOf('abc'), secretDataType: 'binary' })
    const answer = await call('checkSecretHealth', {})
    expect(answer.counts).toEqual({ weak: 1, reused: 3, expired: 0, dueSoon: 0, overdue: 0, failed: 0 })
    expect([answer.checked, answer.total, answer.findings.map(({ kind, secretName, field, sharedWith }) => [kind, secretName, field, ...sharedWith])]).toEqual([
      6,
      4,
      [
        ['weak', 'a', 'password'],
        ['reused', 'b', 'password', 'c', 'plain'],
        ['reused', 'c', 'password', 'b', 'plain'],
        ['reused', 'plain', null, 'b', 'c'],
      ],
    ])
    expect(JSON.stringify(answer)).not.toContain(strong[0])
    const progress = payloadsOf('secretWorkChanged')
    expect([progress[0], progress.at(-1)]).toEqual([{ work: 'health', done: 0, total: 6 }, { work: 'health', done: 6, total: 6 }])
  })

  it('looks at current versions outside the recycle bin, and at the secret fields that are passwords', async () => {
    await save('a', login('password', 'password'))
    await edit('a', login('password', strong[0] ?? ''))
    await save('b', login('x', 'password'))
    await call('deleteSecret', { secretName: 'b' })
    const variables: FormField[] = [{ name: 'DEBUG', text: 'true' }, { name: 'DB_PASSWORD', text: 'letmein' }, { name: 'PORT', text: '3000', isSecret: false }]
    await save('env', variables, { template: 'env' })
    expect(await findings()).toEqual([['weak', 'env', 'DB_PASSWORD']])
  })

  it('finds what is expired, due soon or not rotated in time, the worst first', async () => {
    const extendedConfig = JSON.stringify({ SecretSubType: 'SingleUser', DBInstanceId: 'local' })
    await call('createSecret', { secretName: 'db', secretType: 'Rds', versionId: 'v1', secretData: bytesOf('{"Accounts":[{"AccountName":"app","AccountPassword":"x"}]}'), extendedConfig, enableAutomaticRotation: true, rotationInterval: '1d' })
    await save('soon', login('x', strong[0] ?? ''), { expiryDate: '2026-09-05T00:00:00Z' })
    await save('gone', login('x', strong[1] ?? ''), { expiryDate: '2026-09-02T00:00:00Z' })
    await save('bad', login('x', 'qwerty'))
    clock().passDays(2)
    const { counts, findings: found } = await call('checkSecretHealth', {})
    expect(counts).toMatchObject({ expired: 1, overdue: 1, dueSoon: 1 })
    expect(found.filter(({ kind }) => kind !== 'weak').map(({ kind, secretName, date }) => [kind, secretName, date])).toEqual([
      ['expired', 'gone', '2026-09-02T00:00:00Z'],
      ['overdue', 'db', '2026-09-02T12:00:00Z'],
      ['due-soon', 'soon', '2026-09-05T00:00:00Z'],
    ])
    expect(found.map(({ kind }) => kind)).toEqual(['expired', 'overdue', 'weak', ...found.filter(({ kind }) => kind === 'weak').slice(1).map(() => 'weak' as const), 'due-soon'])
  })

  it('keeps the outcome for the next window of it, until it is asked to look again or the vault is locked', async () => {
    for (const name of ['a', 'b', 'c']) await save(name, login('x', 'hunter2'))
    expect((await findings({ count: 2 })).map(([kind, name]) => `${kind} ${name}`)).toEqual(['weak a', 'weak b'])
    await edit('a', login('x', strong[0] ?? ''))
    expect((await findings({ offset: 2, count: 2, refresh: false })).map(([kind, name]) => `${kind} ${name}`)).toEqual(['weak c', 'reused a'])
    expect((await findings()).map(([kind, name]) => `${kind} ${name}`)).toEqual(['weak b', 'weak c', 'reused b', 'reused c'])
    await edit('b', login('x', strong[1] ?? ''))
    await call('lockVault', {})
    await call('unlockVault', { passphrase: bytesOf('correct horse battery staple') })
    expect((await findings({ refresh: false })).map(([kind, name]) => `${kind} ${name}`)).toEqual(['weak c'])
  })

  it('passes over values whose key does not open them, and is no use of a secret', async () => {
    const { keyMetadata } = await call('createKey', {})
    await save('a', login('x', 'hunter2'), { encryptionKeyId: keyMetadata.keyId })
    await save('b', login('x', 'hunter2'))
    await call('disableKey', { keyId: keyMetadata.keyId })
    const { checked, findings: found } = await call('checkSecretHealth', {})
    expect([checked, found.map(({ kind, secretName }) => [kind, secretName])]).toEqual([1, [['weak', 'b']]])
    expect(await auditOf('checkSecretHealth')).toEqual([])
  })

  it('does not run twice at the same time', async () => {
    for (let number = 0; number < 5; number++) await save(`a/${number}`, login('x', `hunter${number}`))
    const [first, second] = await Promise.all([call('checkSecretHealth', {}), call('checkSecretHealth', {})])
    expect(first).toEqual(second)
    expect(payloadsOf('secretWorkChanged').filter(({ done }) => done === 5)).toHaveLength(1)
  })

  it('ends with VAULT_LOCKED when the vault is locked meanwhile, and says so when the estimator is not there', async () => {
    for (let number = 0; number < 150; number++) await save(`a/${number}`, login('x', `hunter${number}`))
    const check = codeFor('checkSecretHealth', {})
    await call('lockVault', {})
    expect(await check).toBe('VAULT_LOCKED')
  })
})

describe('a check without its estimator', () => {
  const other = useTemporaryFolder()
  const lost = useSecretWindow(other, () => pathToFileURL(other('none.mjs')))

  it('fails, and the application goes on', async () => {
    await lost.save('a', login('x', 'hunter2'))
    expect(await lost.codeFor('checkSecretHealth', {})).toBe('INTERNAL')
    expect(await lost.namesFor('')).toEqual(['a'])
  })
})
