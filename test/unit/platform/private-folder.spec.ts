import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assertPrivateFolder, ensurePrivateFolder } from '../../../src-main/platform/private-folder'
import { useTemporaryFolder } from '../../support/temporary-folder'

const path = useTemporaryFolder()
const modeOf = (folder: string): number => statSync(folder).mode & 0o7777
const insecure = expect.objectContaining({ code: 'VAULT_INSECURE' })
const isRoot = process.getuid?.() === 0

describe('ensurePrivateFolder', () => {
  it('creates the folder and its parents for the owner alone', async () => {
    const umask = process.umask(0)
    await ensurePrivateFolder(path('a', 'b')).finally(() => process.umask(umask))
    expect([modeOf(path('a')), modeOf(path('a', 'b'))]).toEqual([0o700, 0o700])
  })

  it('takes read access of others away from a folder that exists', async () => {
    mkdirSync(path('a'))
    chmodSync(path('a'), 0o755)
    await ensurePrivateFolder(path('a'))
    expect(modeOf(path('a'))).toBe(0o700)
  })

  it('refuses a place where no folder can be', async () => {
    writeFileSync(path('file'), '')
    await expect(ensurePrivateFolder(path('file'))).rejects.toEqual(insecure)
    await expect(ensurePrivateFolder(path('file', 'below'))).rejects.toEqual(expect.objectContaining({ code: 'VAULT_WRITE_FAILED' }))
  })

  it('refuses, and does not repair, a folder that others may write to', async () => {
    mkdirSync(path('a'))
    chmodSync(path('a'), 0o770)
    await expect(ensurePrivateFolder(path('a'))).rejects.toEqual(insecure)
    expect(modeOf(path('a'))).toBe(0o770)
  })
})

describe('assertPrivateFolder', () => {
  it('accepts a folder of ours', async () => {
    mkdirSync(path('a'), { mode: 0o700 })
    await expect(assertPrivateFolder(path('a'))).resolves.toBeUndefined()
  })

  it.each([0o720, 0o702, 0o777])('refuses mode %o', async (mode) => {
    mkdirSync(path('a'))
    chmodSync(path('a'), mode)
    await expect(assertPrivateFolder(path('a'))).rejects.toEqual(insecure)
  })

  it('refuses a symbolic link, with a slash behind it too', async () => {
    mkdirSync(path('real'), { mode: 0o700 })
    symlinkSync(path('real'), path('link'))
    await expect(assertPrivateFolder(path('link'))).rejects.toEqual(insecure)
    await expect(assertPrivateFolder(`${path('link')}/`)).rejects.toEqual(insecure)
    await expect(ensurePrivateFolder(path('link'))).rejects.toEqual(insecure)
  })

  it('refuses a folder of another user', async () => {
    mkdirSync(path('a'), { mode: 0o700 })
    // Only root can give a folder away; anyone else has root's own folder to try.
    if (isRoot) chownSync(path('a'), 1234, 1234)
    await expect(assertPrivateFolder(isRoot ? path('a') : '/usr')).rejects.toEqual(insecure)
  })

  it('says when there is none', async () => {
    await expect(assertPrivateFolder(path('none'))).rejects.toEqual(expect.objectContaining({ code: 'VAULT_NOT_FOUND' }))
  })
})
