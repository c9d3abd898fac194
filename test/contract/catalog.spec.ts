import { expect, test } from 'vitest'
import type { PageOperation } from '../../src-shared/contract/bridge'
import { catalog, channelOf, flagsOf, operationNames } from '../../src-shared/contract/catalog'
import { eventChannelOf, eventNames } from '../../src-shared/contract/events'
import { operations } from '../../src-shared/contract/operations'
import { transitChannel } from '../../src-shared/contract/transit'
import { IpcRouter, type IpcHost } from '../../src-main/faces/ipc/router'
import { loadPreload } from './load-preload'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

function registeredChannels(): string[] {
  const channels: string[] = []
  const ipc: IpcHost = { handle: (channel) => void channels.push(channel), removeHandler: () => undefined }
  const router = new IpcRouter({ ipc, dispatcher: undefined as never, isOurWindow: () => true, log: silent })
  expect(router).toBeInstanceOf(IpcRouter)
  return channels
}

test('every operation of the catalog has schemas, and no schema is without an operation', () => {
  expect(Object.keys(operations).toSorted()).toEqual(operationNames.toSorted())
})

test('the channels are those of the operations with face ipc, and the one for the keys of transit', () => {
  const expected = operationNames.filter((name) => flagsOf(name).faces.includes('ipc')).map((name) => channelOf(name))
  expect(registeredChannels().toSorted()).toEqual([...expected, transitChannel].toSorted())
})

test('the preload exposes one object: a function per operation of the page, one per event, and the drop', async () => {
  const { exposed } = await loadPreload()
  expect([...exposed.keys()]).toEqual(['keystead'])
  const bridge = exposed.get('keystead') as Record<string, Record<string, unknown>>
  expect(Object.keys(bridge).toSorted()).toEqual(['events', 'operations', 'registerDroppedFiles'])
  const notOnThePage: string[] = ['generateDataKey', 'registerDroppedPaths'] satisfies Exclude<keyof typeof catalog, PageOperation>[]
  expect(Object.keys(bridge['operations'] ?? {}).toSorted()).toEqual(operationNames.filter((name) => !notOnThePage.includes(name)).toSorted())
  expect(Object.keys(bridge['events'] ?? {}).toSorted()).toEqual([...eventNames].toSorted())
  const leaves = [...Object.values(bridge['operations'] ?? {}), ...Object.values(bridge['events'] ?? {}), bridge['registerDroppedFiles']]
  expect(leaves.every((leaf) => typeof leaf === 'function' && Object.keys(leaf).length === 0)).toBe(true)
})

test('each operation of the page calls its own channel, and nothing else', async () => {
  const { exposed, sent } = await loadPreload()
  const { operations: page } = exposed.get('keystead') as { operations: Record<string, (request: unknown) => Promise<unknown>> }
  for (const [name, call] of Object.entries(page)) {
    sent.length = 0
    await call({})
    expect(sent.map(({ channel }) => channel).filter((channel) => channel !== transitChannel)).toEqual([`kms:${name}`])
  }
})

test('a listener gets the payload alone, until it unsubscribes', async () => {
  const { exposed, emit } = await loadPreload()
  const { events } = exposed.get('keystead') as { events: Record<string, (listener: (...args: unknown[]) => void) => () => void> }
  for (const name of eventNames) {
    const heard: unknown[][] = []
    const stop = events[name]?.((...args) => heard.push(args))
    emit(eventChannelOf(name), { sender: 'ipcRenderer' }, { payload: name })
    expect(stop?.()).toBeUndefined()
    emit(eventChannelOf(name), { sender: 'ipcRenderer' }, { payload: 'late' })
    expect(heard).toEqual([[{ payload: name }]])
  }
})

test('secrets leave the page sealed', async () => {
  const { exposed, sent } = await loadPreload()
  const { operations: page } = exposed.get('keystead') as { operations: Record<string, (request: unknown) => Promise<unknown>> }
  await page['unlockVault']?.({ passphrase: new TextEncoder().encode('canary passphrase') })
  const call = sent.find(({ channel }) => channel === 'kms:unlockVault')
  const [request, publicKey] = call?.args ?? []
  expect(Buffer.from((request as { passphrase: Uint8Array }).passphrase).includes('canary')).toBe(false)
  expect(publicKey).toHaveLength(65)
})

test('a page cannot make the preload throw', async () => {
  const { exposed } = await loadPreload(() => {
    throw new Error('An object could not be cloned.')
  })
  const bridge = exposed.get('keystead') as { operations: Record<string, (request: unknown) => Promise<unknown>>; registerDroppedFiles(files: unknown): Promise<unknown> }
  for (const call of Object.values(bridge.operations)) expect(await call({ x: () => 1 })).toMatchObject({ ok: false, code: 'INVALID_PARAMETER' })
  expect(await bridge.registerDroppedFiles(7)).toMatchObject({ ok: false })
})
