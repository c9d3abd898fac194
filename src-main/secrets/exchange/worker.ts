import { parentPort } from 'node:worker_threads'
import { readTask, writeTask } from './thread-tasks'
import { failureOf, type ThreadMessage } from './worker-messages'

/**
 * Entry of a worker thread: one task, one reply. Readers make text of what they read, which cannot be zeroed: the thread
 * ends after its reply, and its heap with it. Values leave it as bytes.
 */
parentPort?.once('message', (message: ThreadMessage) => {
  void reply(message).catch((error: unknown) => parentPort?.postMessage({ failure: failureOf(error) }, []))
})

async function reply(message: ThreadMessage): Promise<void> {
  const { answer, transfer } = await (message.task === 'read' ? readTask(message) : writeTask(message))
  parentPort?.postMessage({ answer }, transfer)
}
