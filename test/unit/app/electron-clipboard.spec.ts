import { describe, expect, it } from 'vitest'
import { electronClipboard } from '../../../src-main/app/electron-clipboard'
import { bytesOf, textOf } from '../../support/secrets-fixture'

class Item {
  readonly formats: Record<string, Blob>

  constructor(formats: Record<string, Blob>) {
    this.formats = formats
  }
}

/** The clipboard of a version that writes several formats at once. */
function newer() {
  const written: unknown[][] = []
  const clipboard = { writeText: () => void written.push(['text alone']), readText: async () => 'read later', clear: () => void written.push([]), write: async (items: unknown[]) => void written.push(items) }
  return { written, clipboard, ClipboardItem: Item }
}

async function formatsWritten(platform: NodeJS.Platform): Promise<Record<string, string | number[]>> {
  const { written, ...electron } = newer()
  await electronClipboard(electron, platform).writeSecret(bytesOf('pässwörd'))
  const items = written.flat().filter((item) => item instanceof Item)
  expect([written.length, items.length]).toEqual([1, 1])
  const formats = items.flatMap((item) => Object.entries(item.formats))
  return Object.fromEntries(await Promise.all(formats.map(async ([format, blob]) => [format, await blob.text()] as const)))
}

describe('a secret on the clipboard of Electron', () => {
  it('is text alone where formats are written one by one, as the second would replace the first', async () => {
    let text = ''
    const clipboard = { writeText: (written: string) => void (text = written), readText: () => text, clear: () => void (text = '') }
    const desktop = electronClipboard({ clipboard }, 'linux')
    await desktop.writeSecret(bytesOf('xpässwörd').subarray(1))
    expect([text, textOf(await desktop.readClipboard())]).toEqual(['pässwörd', 'pässwörd'])
    await desktop.clearClipboard()
    expect(await desktop.readClipboard()).toEqual(new Uint8Array(0))
  })

  it('has the mark of the system in the same write where that is possible', async () => {
    const raw = (format: string) => `electron application/osclipboard;format="${format}"`
    expect(await formatsWritten('linux')).toEqual({ 'text/plain': 'pässwörd', [raw('x-kde-passwordManagerHint')]: 'secret' })
    expect(await formatsWritten('darwin')).toEqual({ 'text/plain': 'pässwörd', [raw('org.nspasteboard.ConcealedType')]: '' })
    const no = '\0\0\0\0'
    expect(await formatsWritten('win32')).toEqual({
      'text/plain': 'pässwörd',
      [raw('ExcludeClipboardContentFromMonitorProcessing')]: no,
      [raw('CanIncludeInClipboardHistory')]: no,
      [raw('CanUploadToCloudClipboard')]: no,
    })
    expect(await formatsWritten('freebsd')).toEqual({ 'text/plain': 'pässwörd' })
  })

  it('goes without a mark where the system takes none', async () => {
    const { written, ...electron } = newer()
    const write = () => Promise.reject(new Error('format not supported'))
    await electronClipboard({ ...electron, clipboard: { ...electron.clipboard, write } }, 'linux').writeSecret(bytesOf('x'))
    expect(written).toEqual([['text alone']])
  })

  it('is read from versions that answer with a promise', async () => {
    expect(textOf(await electronClipboard(newer(), 'linux').readClipboard())).toBe('read later')
  })
})
