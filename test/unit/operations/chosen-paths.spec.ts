import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeChosen } from '../../../src-main/operations/chosen-paths'
import { PathHandles } from '../../../src-main/platform/path-handles'
import { useTemporaryFolder } from '../../support/temporary-folder'

const inFolder = useTemporaryFolder()

describe('describeChosen', () => {
  test('says name, kind, size and whether it starts like an encrypted file, in order', async () => {
    writeFileSync(inFolder('plain.txt'), 'hello')
    writeFileSync(inFolder('secret.enc'), Uint8Array.of(2, 4, 0x78, 9))
    writeFileSync(inFolder('short'), Uint8Array.of(2, 4))
    writeFileSync(inFolder('empty'), '')
    mkdirSync(inFolder('folder'))
    const names = ['plain.txt', 'secret.enc', 'short', 'empty', 'folder', 'missing']
    const handles = new PathHandles()
    const described = await describeChosen(handles, names.map((name) => inFolder(name)), 'source')
    expect(described.map(({ handle: _handle, ...rest }) => rest)).toEqual([
      { name: 'plain.txt', isFolder: false, sizeBytes: 5, isEncrypted: false },
      { name: 'secret.enc', isFolder: false, sizeBytes: 4, isEncrypted: true },
      { name: 'short', isFolder: false, sizeBytes: 2, isEncrypted: false },
      { name: 'empty', isFolder: false, sizeBytes: 0, isEncrypted: false },
      { name: 'folder', isFolder: true, sizeBytes: null, isEncrypted: false },
      { name: 'missing', isFolder: false, sizeBytes: null, isEncrypted: false },
    ])
    expect(described.map(({ handle }) => handles.redeem(handle, 'source'))).toEqual(names.map((name) => inFolder(name)))
  })

  test('each handle is good for its use alone', async () => {
    const handles = new PathHandles()
    const [chosen] = await describeChosen(handles, [inFolder('x')], 'folder')
    expect(() => handles.redeem(chosen?.handle ?? '', 'source')).toThrowError(expect.objectContaining({ code: 'HANDLE_INVALID' }) as Error)
  })

  test.runIf(process.platform === 'linux')('does not wait for a pipe that nobody writes to', async () => {
    execFileSync('mkfifo', [inFolder('pipe')])
    expect(await describeChosen(new PathHandles(), [inFolder('pipe'), '/dev/zero'], 'source')).toMatchObject([
      { name: 'pipe', sizeBytes: null, isEncrypted: false },
      { name: 'zero', sizeBytes: null, isEncrypted: false },
    ])
  })

  test('more paths than are looked at together', async () => {
    const paths = Array.from({ length: 100 }, (_, index) => inFolder(`file-${index}`))
    for (const path of paths) writeFileSync(path, 'x')
    const described = await describeChosen(new PathHandles(), paths, 'source')
    expect(described.map(({ name }) => name)).toEqual(paths.map((path) => path.split('/').at(-1)))
  })
})
