import { ipcMain, type WebContents } from 'electron'
import { eventChannelOf, type EventName, type EventPayloads } from '../../../src-shared/contract/events'
import type { IpcHost } from './router'

/** The one place that touches ipcMain. */
export const electronIpc: IpcHost = {
  handle: (channel, listener) => ipcMain.handle(channel, (event, ...args) => listener(event, ...args)),
  removeHandler: (channel) => ipcMain.removeHandler(channel),
}

/** Sends an event to a page of ours; a page that has gone is skipped. */
export function sendEvent<E extends EventName>(contents: WebContents, event: E, payload: EventPayloads[E]): void {
  if (!contents.isDestroyed() && !contents.isCrashed()) contents.send(eventChannelOf(event), payload)
}
