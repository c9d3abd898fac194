import { vi } from 'vitest'
import { transitChannel } from '../../src-shared/contract/transit'
import { TransitKey } from '../../src-main/operations/transit'

interface Sent {
  channel: string
  args: unknown[]
}

type Listener = (...args: unknown[]) => void

/** Runs the preload against a stand-in for what Electron gives it, and shows what it exposes and sends. */
export async function loadPreload(invoke: (channel: string, ...args: unknown[]) => unknown = () => ({ ok: true, value: {} })) {
  const exposed = new Map<string, unknown>()
  const sent: Sent[] = []
  const listeners = new Map<string, Set<Listener>>()
  const of = (channel: string) => listeners.get(channel) ?? listeners.set(channel, new Set()).get(channel)
  vi.resetModules()
  vi.doMock('electron', () => ({
    contextBridge: { exposeInMainWorld: (name: string, api: unknown) => exposed.set(name, api) },
    ipcRenderer: {
      invoke: async (channel: string, ...args: unknown[]) => {
        sent.push({ channel, args })
        return channel === transitChannel ? new TransitKey().publicKey : invoke(channel, ...args)
      },
      on: (channel: string, listener: Listener) => of(channel)?.add(listener),
      removeListener: (channel: string, listener: Listener) => of(channel)?.delete(listener),
    },
    webUtils: { getPathForFile: (file: { path: string }) => file.path },
  }))
  await import('../../src-main/preload/index')
  vi.doUnmock('electron')
  const emit = (channel: string, ...args: unknown[]) => {
    for (const listener of of(channel) ?? []) listener(...args)
  }
  return { exposed, sent, emit }
}
