import { writeFileSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { login, useSecretWindow } from './support'

const at = useTemporaryFolder()
const { call, save, edit, reveal, codeFor, versionsOf, namesFor, auditOf, relock, handleOf, payloadsOf } = useSecretWindow(at)

describe('changeSecret', () => {
  it('renames, with all that belongs to it, over a lock', async () => {
    await save('a', login('anna', 'one'))
    await edit('a', login('anna', 'two'))
    expect(await call('changeSecret', { secretName: 'a', newName: 'folder/b' })).toEqual({ secretName: 'folder/b' })
    await relock()
    expect([await reveal('folder/b', { field: 'password' }), await versionsOf('folder/b'), await codeFor('getSecretDetails', { secretName: 'a' })]).toEqual(['two', ['v1 ACSPrevious', 'v2 ACSCurrent'], 'SECRET_NOT_FOUND'])
    expect(payloadsOf('secretsChanged').map(({ secretName }) => secretName)).toEqual(expect.arrayContaining(['a', 'folder/b']))
  })

  it('refuses names that are taken, reserved or not allowed', async () => {
    for (const name of ['a', 'taken', 'gone']) await save(name, login('x', 'y'))
    await call('deleteSecret', { secretName: 'gone' })
    const rename = (newName: string) => codeFor('changeSecret', { secretName: 'a', newName })
    expect([await rename('taken'), await rename('gone'), await rename('acs/x'), await rename('x/'), await rename('b c')]).toEqual(['SECRET_EXISTS', 'SECRET_IN_DELETE_WINDOW', 'INVALID_PARAMETER', 'INVALID_PARAMETER', 'INVALID_PARAMETER'])
    expect(await codeFor('changeSecret', { secretName: 'gone', isFavourite: true })).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await namesFor('')).toEqual(['a', 'taken'])
  })

  it('sets and takes away favourites and expiry, and leaves what is not named', async () => {
    await save('a', login('x', 'y'), { isFavourite: true, expiryDate: '2027-05-01T10:00:00+02:00' })
    const rowOf = async () => (await call('getSecretDetails', { secretName: 'a' })).row
    expect(await rowOf()).toMatchObject({ isFavourite: true, expiryDate: '2027-05-01T08:00:00Z' })
    await call('changeSecret', { secretName: 'a', isFavourite: false })
    expect(await rowOf()).toMatchObject({ isFavourite: false, expiryDate: '2027-05-01T08:00:00Z', versions: 1 })
    await call('changeSecret', { secretName: 'a', expiryDate: null })
    expect(await rowOf()).toMatchObject({ isFavourite: false, expiryDate: null })
    for (const expiryDate of ['soon', '2027-13-01', '2027-02-01T10:00', '']) expect(await codeFor('changeSecret', { secretName: 'a', expiryDate })).toBe('INVALID_PARAMETER')
  })

  it('writes nothing when nothing differs', async () => {
    await save('a', login('x', 'y'), { isFavourite: true })
    await call('changeSecret', { secretName: 'a', newName: 'a', isFavourite: true })
    expect(await auditOf('changeSecret')).toEqual([])
  })

  it('puts all values and attachments under another master key, so that nothing needs the old one', async () => {
    const keys = await Promise.all([1, 2].map(async () => (await call('createKey', {})).keyMetadata.keyId))
    const [oldKey = '', newKey = ''] = keys
    await save('a', login('x', 'one'), { encryptionKeyId: oldKey })
    await edit('a', login('x', 'two'))
    writeFileSync(at('file.txt'), 'attached')
    const { attachment } = await call('addSecretAttachment', { secretName: 'a', file: handleOf(at('file.txt'), 'source') })
    await call('changeSecret', { secretName: 'a', encryptionKeyId: newKey })
    await call('disableKey', { keyId: oldKey })
    await relock()
    expect((await call('getSecretDetails', { secretName: 'a' })).encryptionKeyId).toBe(newKey)
    expect([await reveal('a', { versionId: 'v1', field: 'password' }), await reveal('a', { field: 'password' })]).toEqual(['one', 'two'])
    await call('saveSecretAttachment', { secretName: 'a', attachmentId: attachment.attachmentId, target: handleOf(at('out.txt'), 'target') })
    expect(readFileSync(at('out.txt'), 'utf8')).toBe('attached')
    await call('disableKey', { keyId: newKey })
    expect(await codeFor('revealSecretValue', { secretName: 'a' })).toBe('KEY_DISABLED')
    expect(await codeFor('saveSecretAttachment', { secretName: 'a', attachmentId: attachment.attachmentId, target: handleOf(at('out.txt'), 'target') })).toBe('KEY_DISABLED')
    // The page of the secret is there all the same.
    expect((await call('getSecretDetails', { secretName: 'a' })).fields?.map(({ hasValue }) => hasValue)).toEqual([true, true])
    expect(await codeFor('changeSecret', { secretName: 'a', encryptionKeyId: oldKey })).toBe('KEY_DISABLED')
    expect(await codeFor('changeSecret', { secretName: 'a', encryptionKeyId: 'alias/none' })).toBe('ALIAS_NOT_FOUND')
  })
})

describe('moveSecretFolder', () => {
  it('moves all that is in it and below, also up and to the top, over a lock', async () => {
    for (const name of ['a/b/one', 'a/b/c/two', 'a/three', 'ab/four']) await save(name, login('x', name))
    expect(await call('moveSecretFolder', { from: 'a/b', to: 'new/place' })).toEqual({ moved: 2 })
    expect(await namesFor('')).toEqual(['a/three', 'ab/four', 'new/place/c/two', 'new/place/one'])
    expect(await call('moveSecretFolder', { from: 'new/place', to: '' })).toEqual({ moved: 2 })
    await relock()
    expect(await namesFor('')).toEqual(['a/three', 'ab/four', 'c/two', 'one'])
    expect(await reveal('c/two', { field: 'password' })).toBe('a/b/c/two')
    expect((await call('listSecretFolders', {})).folders.map(({ path }) => path)).toEqual(['a', 'ab', 'c'])
  })

  it('moves into names that become free by the move itself', async () => {
    for (const name of ['a/b/c', 'a/b/b/c']) await save(name, login('x', name))
    expect(await call('moveSecretFolder', { from: 'a/b', to: 'a' })).toEqual({ moved: 2 })
    expect(await namesFor('')).toEqual(['a/b/c', 'a/c'])
    expect([await reveal('a/b/c', { field: 'password' }), await reveal('a/c', { field: 'password' })]).toEqual(['a/b/b/c', 'a/b/c'])
  })

  it('moves all or none', async () => {
    for (const name of ['a/one', 'a/two', 'b/two']) await save(name, login('x', name))
    expect(await codeFor('moveSecretFolder', { from: 'a', to: 'b' })).toBe('SECRET_EXISTS')
    await call('deleteSecret', { secretName: 'b/two' })
    expect(await codeFor('moveSecretFolder', { from: 'a', to: 'b' })).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await codeFor('moveSecretFolder', { from: 'a', to: 'x'.repeat(190) })).toBe('INVALID_PARAMETER')
    await relock()
    expect(await namesFor('')).toEqual(['a/one', 'a/two'])
  })

  it('leaves the recycle bin alone', async () => {
    for (const name of ['a/one', 'a/two']) await save(name, login('x', name))
    await call('deleteSecret', { secretName: 'a/two' })
    expect(await call('moveSecretFolder', { from: 'a', to: 'b' })).toEqual({ moved: 1 })
    await call('restoreSecret', { secretName: 'a/two' })
    expect(await namesFor('')).toEqual(['a/two', 'b/one'])
  })

  it('refuses a folder that is not there, and a place in itself or not allowed', async () => {
    await save('a/one', login('x', 'y'))
    const move = (from: string, to: string) => codeFor('moveSecretFolder', { from, to })
    expect([await move('b', 'c'), await move('a', 'a'), await move('a', 'a/b'), await move('a', 'acs/x'), await move('a', 'b/'), await move('a', 'b c'), await move('a/one', 'c')]).toEqual([
      'SECRET_NOT_FOUND',
      'INVALID_PARAMETER',
      'INVALID_PARAMETER',
      'INVALID_PARAMETER',
      'INVALID_PARAMETER',
      'INVALID_PARAMETER',
      'SECRET_NOT_FOUND',
    ])
    expect(await auditOf('moveSecretFolder')).toHaveLength(7)
  })
})
