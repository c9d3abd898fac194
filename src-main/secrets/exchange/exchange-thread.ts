import { Worker } from 'node:worker_threads'
import { KmsError } from '../../../src-shared/errors'
import { errorOf, type ReadAnswer, type ReadMessage, type ThreadMessage, type ThreadReply, type WriteMessage } from './worker-messages'

/** Reads and writes files of other programs, in a thread of its own, which ends with the work or when `signal` is aborted; then with its reason. */
export interface ExchangeThreads {
  /** The memory of the file and of the password is handed over. Codes of readImport(), INTERNAL. */
  read(message: Omit<ReadMessage, 'task'>, signal: AbortSignal): Promise<ReadAnswer>
  /** A KDBX file. `buffer` has all bytes of the secrets; it and the passphrase are handed over. */
  writeKdbx(message: Omit<WriteMessage, 'task'>, buffer: ArrayBuffer, signal: AbortSignal): Promise<Uint8Array>
}

/** Threads from the bundle at `url`. */
export function exchangeThreads(url: URL): ExchangeThreads {
  return {
    read(message, signal) {
      const { file, password } = message
      return start(url, { task: 'read', ...message }, [file.buffer as ArrayBuffer, ...(password ? [password.buffer as ArrayBuffer] : [])], signal)
    },
    writeKdbx(message, buffer, signal) {
      return start(url, { task: 'write-kdbx', ...message }, [buffer, message.passphrase.buffer as ArrayBuffer], signal)
    },
  }
}

/** Text of a file and what is made of it; more than a file of the largest size allowed needs. */
const mostHeapMb = 2048

async function start<T>(url: URL, message: ThreadMessage, transfer: readonly ArrayBuffer[], signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const worker = new Worker(url, { name: 'exchange', env: {}, resourceLimits: { maxOldGenerationSizeMb: mostHeapMb } })
  const over = new AbortController()
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal })
    worker.on('message', (reply: ThreadReply<T>) => ('answer' in reply ? resolve(reply.answer) : reject(errorOf(reply.failure))))
    worker.on('error', (cause: NodeJS.ErrnoException) => reject(lost(cause)))
    worker.on('exit', () => reject(lost()))
    worker.postMessage(message, transfer)
  }).finally(() => {
    over.abort()
    return worker.terminate()
  })
}

/** A file that does not fit into the memory is refused; for anything else the thread has no reason to end. */
function lost(cause?: NodeJS.ErrnoException): KmsError {
  if (cause?.code === 'ERR_WORKER_OUT_OF_MEMORY') return new KmsError('IMPORT_TOO_LARGE', 'The file holds more than can be imported at once.')
  return new KmsError('INTERNAL', 'The work on this file ended unexpectedly.', {}, cause)
}
