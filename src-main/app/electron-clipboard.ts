import type { DesktopPort } from '../operations/desktop-port'

/** What is used of Electron's clipboard: older versions answer at once, newer ones with a promise. */
export interface ElectronClipboard {
  clipboard: {
    writeText(text: string): unknown
    readText(): string | Promise<string>
    clear(): void
    write?(items: never[]): unknown
  }
  /** Only where several formats can be written at once. */
  ClipboardItem?: new (items: Record<string, Blob>) => unknown
}

const utf8 = (text: string) => new TextEncoder().encode(text)
const raw = (format: string) => `electron application/osclipboard;format="${format}"`

/** Marks by which the systems' histories of the clipboard know a secret; no, as a DWORD, where one is asked. */
const marks: Readonly<Partial<Record<NodeJS.Platform, readonly (readonly [format: string, content: Uint8Array<ArrayBuffer>])[]>>> = {
  linux: [[raw('x-kde-passwordManagerHint'), utf8('secret')]],
  darwin: [[raw('org.nspasteboard.ConcealedType'), utf8('')]],
  win32: [
    [raw('ExcludeClipboardContentFromMonitorProcessing'), new Uint8Array(4)],
    [raw('CanIncludeInClipboardHistory'), new Uint8Array(4)],
    [raw('CanUploadToCloudClipboard'), new Uint8Array(4)],
  ],
}

/**
 * Secrets on Electron's clipboard. Marks must come with the text in one write, as a second one would replace it; Electron
 * can do so since it has ClipboardItem. Where it cannot, or the system takes no marks, the text goes without them.
 */
export function electronClipboard(electron: ElectronClipboard, platform = process.platform): Pick<DesktopPort, 'writeSecret' | 'readClipboard' | 'clearClipboard'> {
  const { clipboard } = electron
  return {
    async writeSecret(text) {
      if (await writeMarked(electron, text, platform)) return
      await clipboard.writeText(Buffer.from(text.buffer, text.byteOffset, text.length).toString('utf8'))
    },
    readClipboard: async () => utf8(await clipboard.readText()),
    clearClipboard: async () => clipboard.clear(),
  }
}

/** False when nothing was written. */
async function writeMarked({ clipboard, ClipboardItem }: ElectronClipboard, text: Uint8Array, platform: NodeJS.Platform): Promise<boolean> {
  if (!ClipboardItem || !clipboard.write) return false
  try {
    const formats = (marks[platform] ?? []).map(([format, content]) => [format, new Blob([content])] as const)
    const item = new ClipboardItem({ 'text/plain': new Blob([text as Uint8Array<ArrayBuffer>], { type: 'text/plain' }), ...Object.fromEntries(formats) })
    await clipboard.write([item as never])
    return true
  } catch {
    return false
  }
}
