import { isKmsError, KmsError, type ErrorCode } from '../../src-shared/errors'
import type { FrameTask } from './frame-task'

/** To a worker. The memory of `key` is handed over, not copied; the worker zeroes it. */
export interface TaskMessage {
  task: FrameTask
  key: Uint8Array
  control: SharedArrayBuffer
}

/** From a worker: null when the task is done, otherwise why it is not. */
export type TaskReply = { code: ErrorCode; message: string; cause: string } | null

/** INTERNAL for anything that is no KmsError. The cause is for main's log. */
export function replyFor(error: unknown): TaskReply {
  if (!isKmsError(error)) return { code: 'INTERNAL', message: 'The work on this file failed.', cause: String(error) }
  return { code: error.code, message: error.message, cause: error.cause === undefined ? '' : String(error.cause) }
}

/** The error that a reply stands for. */
export function errorOf({ code, message, cause }: NonNullable<TaskReply>): KmsError {
  return new KmsError(code, message, {}, cause || undefined)
}
