import { parentPort } from 'node:worker_threads'
import { frameSteps } from './frame-task'
import { TaskControl } from './task-control'
import { replyFor, type TaskMessage, type TaskReply } from './worker-messages'

/** Entry of a worker thread: one task at a time, one reply for each. */
function work({ task, key, control }: TaskMessage): TaskReply {
  try {
    const steps = frameSteps(task, key, new TaskControl(control))
    while (!steps.next().done);
    return null
  } catch (error) {
    return replyFor(error)
  } finally {
    key.fill(0)
  }
}

parentPort?.on('message', (message: TaskMessage) => parentPort?.postMessage(work(message), []))
