import { describe, expect, test } from 'vitest'
import { isTrustedSender, type SenderEvent } from '../../src-main/faces/ipc/sender-guard'

const frame = { parent: null, origin: 'app://keystead', url: 'app://keystead/', frameTreeNodeId: 1 }
const ours = (id: number) => id === 1

function event(change: { frame?: object | null; sender?: object } = {}): SenderEvent {
  const senderFrame = change.frame === null ? null : { ...frame, ...change.frame }
  return { sender: { id: 1, isDestroyed: () => false, mainFrame: frame, ...change.sender }, senderFrame }
}

describe('isTrustedSender', () => {
  test('trusts the top frame of our window on our page', () => {
    expect(isTrustedSender(event(), ours)).toBe(true)
  })

  test.each([
    ['another window', event({ sender: { id: 2 } })],
    ['a window that is gone', event({ sender: { isDestroyed: () => true } })],
    ['a frame that is gone', event({ frame: null })],
    ['a frame inside the page', event({ frame: { parent: {}, frameTreeNodeId: 2 } })],
    ['a frame that claims to be on top', event({ frame: { frameTreeNodeId: 2 } })],
    ['about:blank', event({ frame: { url: 'about:blank', origin: 'null' } })],
    ['srcdoc', event({ frame: { url: 'about:srcdoc' } })],
    ['a web page', event({ frame: { url: 'https://keystead/', origin: 'https://keystead' } })],
    ['a file', event({ frame: { url: 'file:///x.html', origin: 'file://' } })],
    ['the page in between', event({ frame: { url: 'app://blank/', origin: 'app://blank' } })],
    ['a host that begins alike', event({ frame: { url: 'app://keystead.evil/', origin: 'app://keystead.evil' } })],
    ['a data page', event({ frame: { url: 'data:text/html,x', origin: 'null' } })],
  ])('does not trust %s', (_name, foreign) => {
    expect(isTrustedSender(foreign, ours)).toBe(false)
  })

  test('a frame whose properties throw is not trusted', () => {
    const disposed = Object.defineProperty({}, 'parent', {
      get: () => {
        throw new Error('Render frame was disposed before WebFrameMain could be accessed')
      },
    })
    expect(isTrustedSender({ ...event(), senderFrame: disposed as never }, ours)).toBe(false)
  })
})
