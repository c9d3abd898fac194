import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Bridge } from '../../src-shared/contract/bridge'
import { channelOf, operationNames, type OperationName } from '../../src-shared/contract/catalog'
import type { Envelope } from '../../src-shared/contract/envelope'
import { eventChannelOf, eventNames, type EventName } from '../../src-shared/contract/events'
import { isSealedInTransit, transitChannel } from '../../src-shared/contract/transit'
import { sealCall } from './transit'

type Fields = Record<string, unknown>

const notOnThePage: readonly OperationName[] = ['generateDataKey', 'registerDroppedPaths']
let mainPublicKey: Promise<Uint8Array> | null = null

async function callSealed(operation: OperationName, request: unknown): Promise<Envelope<Fields>> {
  mainPublicKey ??= ipcRenderer.invoke(transitChannel)
  const sealed = await sealCall(operation, request, await mainPublicKey)
  return sealed.open(await ipcRenderer.invoke(channelOf(operation), sealed.request, sealed.publicKey))
}

/** Never rejects: what cannot be sent or opened is answered as an envelope, too. */
async function call(operation: OperationName, request: unknown): Promise<Envelope<unknown>> {
  try {
    if (isSealedInTransit(operation)) return await callSealed(operation, request)
    return await ipcRenderer.invoke(channelOf(operation), request)
  } catch {
    return { ok: false, code: 'INVALID_PARAMETER', message: 'The request could not be sent.', details: {} }
  }
}

function subscribe(event: EventName) {
  return (listener: (payload: unknown) => void): (() => void) => {
    const receive = (_event: unknown, payload: unknown): void => listener(payload)
    ipcRenderer.on(eventChannelOf(event), receive)
    return () => {
      ipcRenderer.removeListener(eventChannelOf(event), receive)
    }
  }
}

/** Paths of dropped files; what is no file, or was made by a script, has none. */
function pathsOf(files: File[]): string[] {
  try {
    return files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '')
  } catch {
    return []
  }
}

const pageOperations = operationNames.filter((name) => !notOnThePage.includes(name))

const bridge = {
  operations: Object.fromEntries(pageOperations.map((name) => [name, (request: unknown) => call(name, request)])),
  events: Object.fromEntries(eventNames.map((name) => [name, subscribe(name)])),
  registerDroppedFiles: (files: File[]) => call('registerDroppedPaths', { paths: pathsOf(files) }),
} as unknown as Bridge

contextBridge.exposeInMainWorld('keystead', bridge)
