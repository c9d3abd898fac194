import { parentPort } from 'node:worker_threads'
import { writeKdbx } from './kdbx/write-kdbx'
import { packed } from './pack'
import { readImport } from './read-import'
import { failureOf, type ReadMessage, type ThreadMessage, type WriteMessage } from './worker-messages'

/**
 * Entry of a worker thread: one task, one reply. Readers make text of what they read, which cannot be zeroed: the thread
 * ends after its reply, and its heap with it. Values leave it as bytes.
 */
parentPort?.once('message', (message: ThreadMessage) => {
  void (message.task === 'read' ? read(message) : write(message)).catch((error: unknown) => parentPort?.postMessage({ failure: failureOf(error) }, []))
})

async function read({ file, format, password, fileName, columns }: ReadMessage): Promise<void> {
  const found = await readImport(file, { format, password, fileName, columns: columns ?? undefined })
  password?.fill(0)
  const { secrets, buffer } = packed(found.secrets)
  const isCsv = found.format === 'csv'
  if (!isCsv) file.fill(0)
  const answer = { format: found.format, columns: found.columns, secrets, buffer, file: isCsv ? file : null }
  parentPort?.postMessage({ answer }, isCsv ? [buffer, file.buffer as ArrayBuffer] : [buffer])
}

async function write({ secrets, passphrase }: WriteMessage): Promise<void> {
  const answer = await writeKdbx(secrets, passphrase)
  passphrase.fill(0)
  parentPort?.postMessage({ answer }, [answer.buffer as ArrayBuffer])
}
