import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { writeFileAtomic } from '../../../src-main/platform/atomic-file'
import { KmsError } from '../../../src-shared/errors'
import { useTemporaryFolder } from '../../support/temporary-folder'

const path = useTemporaryFolder()
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const modeOf = (file: string): number => statSync(file).mode & 0o7777
const writeFailed = expect.objectContaining({ code: 'VAULT_WRITE_FAILED' })

describe('writeFileAtomic', () => {
  it('creates and replaces a file and leaves nothing else behind', async () => {
    await writeFileAtomic(path('a'), bytesOf('first, longer'))
    await writeFileAtomic(path('a'), bytesOf('second'))
    expect(readFileSync(path('a'), 'utf8')).toBe('second')
    expect(readdirSync(path())).toEqual(['a'])
  })

  it('gives the mode asked for whatever the umask and the old mode', async () => {
    writeFileSync(path('open'), '')
    chmodSync(path('open'), 0o666)
    const umask = process.umask(0o777)
    await writeFileAtomic(path('open'), bytesOf('x')).finally(() => process.umask(umask))
    await writeFileAtomic(path('shared'), bytesOf('x'), 0o644)
    expect([modeOf(path('open')), modeOf(path('shared'))]).toEqual([0o600, 0o644])
  })

  it('never shows a reader a mix of old and new', async () => {
    const contents = ['a', 'b'].map((letter) => letter.repeat(200_000))
    await writeFileAtomic(path('f'), bytesOf(contents[0] ?? ''))
    const progress = { isDone: false, reads: 0 }
    const writing = (async () => {
      for (let turn = 0; turn < 40; turn++) await writeFileAtomic(path('f'), bytesOf(contents[turn % 2] ?? ''))
      progress.isDone = true
    })()
    while (!progress.isDone) {
      expect(contents.includes(readFileSync(path('f'), 'utf8'))).toBe(true)
      progress.reads++
      await new Promise((resolve) => setImmediate(resolve))
    }
    await writing
    expect(progress.reads).toBeGreaterThan(1)
  })

  it('replaces a symbolic link instead of writing through it', async () => {
    writeFileSync(path('target'), 'untouched')
    symlinkSync(path('target'), path('link'))
    await writeFileAtomic(path('link'), bytesOf('new'))
    expect([readFileSync(path('target'), 'utf8'), readFileSync(path('link'), 'utf8')]).toEqual(['untouched', 'new'])
  })

  it('fails with VAULT_WRITE_FAILED and no leftovers when the folder is missing or the target is a folder', async () => {
    mkdirSync(path('folder', 'full'), { recursive: true })
    await expect(writeFileAtomic(path('missing', 'a'), bytesOf('x'))).rejects.toEqual(writeFailed)
    await expect(writeFileAtomic(path('folder'), bytesOf('x'))).rejects.toEqual(writeFailed)
    expect(readdirSync(path())).toEqual(['folder'])
  })

  it('writes pieces one after the other, each before the next is made', async () => {
    const piece = bytesOf('....')
    async function* pieces() {
      for (const letter of 'abc') {
        piece.fill(letter.charCodeAt(0))
        yield piece
      }
    }
    await writeFileAtomic(path('a'), pieces())
    expect([readFileSync(path('a'), 'utf8'), modeOf(path('a'))]).toEqual(['aaaabbbbcccc', 0o600])
  })

  it('keeps the old file and leaves nothing when the content fails on the way, and passes its refusal on', async () => {
    async function* failing(error: Error) {
      yield bytesOf('half')
      throw error
    }
    await writeFileAtomic(path('a'), bytesOf('old'))
    await expect(writeFileAtomic(path('a'), failing(new KmsError('VAULT_DAMAGED', 'damaged')))).rejects.toMatchObject({ code: 'VAULT_DAMAGED' })
    await expect(writeFileAtomic(path('a'), failing(new Error('bug')))).rejects.toEqual(writeFailed)
    expect([readFileSync(path('a'), 'utf8'), readdirSync(path())]).toEqual(['old', ['a']])
  })

  it('says nothing of the path in the refusal', async () => {
    const error: unknown = await writeFileAtomic(path('missing', 'a'), bytesOf('x')).catch((caught: unknown) => caught)
    expect(String(error)).not.toContain('missing')
  })
})
