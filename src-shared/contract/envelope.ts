import type { ErrorCode, ErrorDetails } from '../errors'

/** What every IPC call answers: fields of a thrown Error do not survive Electron's IPC, plain data does. */
export type Envelope<T> = { ok: true; value: T } | { ok: false; code: ErrorCode; message: string; details: ErrorDetails }
