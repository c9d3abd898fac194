import { Worker } from 'node:worker_threads'
import { KmsError } from '../../../src-shared/errors'
import { errorOf, type ReadAnswer, type ReadMessage, type ThreadMessage, type ThreadReply, type WriteMessage } from './worker-messages'

/** Work in a thread of its own, which ends with it. */
export interface ThreadWork<T> {
  readonly answer: Promise<T>
  /** Ends the thread; the answer is then `reason`, unless it is there already. */
  stop(reason: KmsError): void
}

/** Reads and writes files of other programs. */
export interface ExchangeThreads {
  /** The memory of the file and of the password is handed over. Codes of readImport(), INTERNAL. */
  read(message: Omit<ReadMessage, 'task'>): ThreadWork<ReadAnswer>
  /** A KDBX file. `buffer` has all bytes of the secrets; it and the passphrase are handed over. */
  writeKdbx(message: Omit<WriteMessage, 'task'>, buffer: ArrayBuffer): ThreadWork<Uint8Array>
}

/** Threads from the bundle at `url`. */
export function exchangeThreads(url: URL): ExchangeThreads {
  return {
    read(message) {
      const { file, password } = message
      return start(url, { task: 'read', ...message }, [file.buffer as ArrayBuffer, ...(password ? [password.buffer as ArrayBuffer] : [])])
    },
    writeKdbx(message, buffer) {
      return start(url, { task: 'write-kdbx', ...message }, [buffer, message.passphrase.buffer as ArrayBuffer])
    },
  }
}

/** Text of a file and what is made of it; more than a file of the largest size allowed needs. */
const mostHeapMb = 2048

function start<T>(url: URL, message: ThreadMessage, transfer: readonly ArrayBuffer[]): ThreadWork<T> {
  const worker = new Worker(url, { name: 'exchange', env: {}, resourceLimits: { maxOldGenerationSizeMb: mostHeapMb } })
  let stop: (reason: KmsError) => void = () => undefined
  const answer = new Promise<T>((resolve, reject) => {
    stop = reject
    worker.on('message', (reply: ThreadReply<T>) => ('answer' in reply ? resolve(reply.answer) : reject(errorOf(reply.failure))))
    worker.on('error', (cause: NodeJS.ErrnoException) => reject(lost(cause)))
    worker.on('exit', () => reject(lost()))
    worker.postMessage(message, transfer)
  }).finally(() => worker.terminate())
  return { answer, stop: (reason) => stop(reason) }
}

/** A file that does not fit into the memory is refused; for anything else the thread has no reason to end. */
function lost(cause?: NodeJS.ErrnoException): KmsError {
  if (cause?.code === 'ERR_WORKER_OUT_OF_MEMORY') return new KmsError('IMPORT_TOO_LARGE', 'The file holds more than can be imported at once.')
  return new KmsError('INTERNAL', 'The work on this file ended unexpectedly.', {}, cause)
}
