/** Scheme and host that every page of ours comes from. */
export const pageOrigin = 'app://keystead'

/** What is looked at of the frame that sent a message. */
export interface SenderFrame {
  readonly parent: object | null
  readonly origin: string
  readonly url: string
  readonly frameTreeNodeId: number
}

/** What is looked at of an IPC message's event. */
export interface SenderEvent {
  readonly sender: { readonly id: number; isDestroyed(): boolean; readonly mainFrame: SenderFrame }
  readonly senderFrame: SenderFrame | null
}

/**
 * True for a message from the top frame of one of our windows while it shows a page of ours. A frame that has gone or
 * navigated away since it sent is not trusted. Never throws.
 */
export function isTrustedSender(event: SenderEvent, isOurWindow: (webContentsId: number) => boolean): boolean {
  try {
    const { sender, senderFrame } = event
    if (senderFrame === null || sender.isDestroyed() || !isOurWindow(sender.id)) return false
    if (senderFrame.parent !== null || senderFrame.frameTreeNodeId !== sender.mainFrame.frameTreeNodeId) return false
    return senderFrame.origin === pageOrigin && senderFrame.url.startsWith(`${pageOrigin}/`)
  } catch {
    // Properties of a frame that was disposed of throw.
    return false
  }
}
