import { describe, expect, test } from 'vitest'
import { PathHandles } from '../../../src-main/platform/path-handles'
import { KmsError, type ErrorCode } from '../../../src-shared/errors'

const refused = (code: ErrorCode) => async () => {
  throw new KmsError(code, code)
}

describe('a handle', () => {
  test('is good once, and for its use', () => {
    const handles = new PathHandles()
    const handle = handles.issue('/a', 'source')
    expect(handles.redeem(handle, 'source')).toBe('/a')
    expect(() => handles.redeem(handle, 'source')).toThrow(expect.objectContaining({ code: 'HANDLE_INVALID' }))
    const other = handles.issue('/a', 'folder')
    expect(() => handles.redeem(other, 'source')).toThrow(expect.objectContaining({ code: 'HANDLE_INVALID' }))
  })

  test('is the oldest that is forgotten when there are too many', () => {
    const handles = new PathHandles(2)
    const [first = '', second = '', third = ''] = ['/1', '/2', '/3'].map((path) => handles.issue(path, 'source'))
    expect(() => handles.redeem(first, 'source')).toThrow(expect.objectContaining({ code: 'HANDLE_INVALID' }))
    expect([handles.redeem(second, 'source'), handles.redeem(third, 'source')]).toEqual(['/2', '/3'])
  })

  test('that is lent is spent by success and by other refusals', async () => {
    const handles = new PathHandles()
    const good = handles.issue('/a', 'source')
    expect(await handles.lend(good, 'source', ['IMPORT_PASSWORD'], async (path) => path.length)).toBe(2)
    await expect(handles.lend(good, 'source', ['IMPORT_PASSWORD'], async () => 0)).rejects.toMatchObject({ code: 'HANDLE_INVALID' })
    const bad = handles.issue('/b', 'source')
    await expect(handles.lend(bad, 'source', ['IMPORT_PASSWORD'], refused('IMPORT_UNREADABLE'))).rejects.toMatchObject({ code: 'IMPORT_UNREADABLE' })
    await expect(handles.lend(bad, 'source', ['IMPORT_PASSWORD'], async () => 0)).rejects.toMatchObject({ code: 'HANDLE_INVALID' })
  })

  test('that is lent stays good after the refusal that is meant, and for its use alone', async () => {
    const handles = new PathHandles()
    const handle = handles.issue('/a', 'source')
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(handles.lend(handle, 'source', ['IMPORT_PASSWORD'], refused('IMPORT_PASSWORD'))).rejects.toMatchObject({ code: 'IMPORT_PASSWORD' })
    }
    expect(await handles.lend(handle, 'source', ['IMPORT_PASSWORD'], async (path) => path)).toBe('/a')
    const folder = handles.issue('/f', 'folder')
    await expect(handles.lend(folder, 'source', ['IMPORT_PASSWORD'], async () => 0)).rejects.toMatchObject({ code: 'HANDLE_INVALID' })
  })

  test('that was lent does not come back after a lock', async () => {
    const handles = new PathHandles()
    const handle = handles.issue('/a', 'source')
    const lent = handles.lend(handle, 'source', ['IMPORT_PASSWORD'], async () => {
      handles.clear()
      throw new KmsError('IMPORT_PASSWORD', '')
    })
    await expect(lent).rejects.toMatchObject({ code: 'IMPORT_PASSWORD' })
    expect(() => handles.redeem(handle, 'source')).toThrow(expect.objectContaining({ code: 'HANDLE_INVALID' }))
  })
})
