import { z } from 'zod'
import { empty, encryptionContext, keyReference, pathHandle, text, timestamp, windowCount, windowOffset } from './fields'
import { limits } from '../model/limits'
import { errorCodes, type ErrorCode } from '../errors'

export const jobStates = ['preparing', 'running', 'done', 'cancelled', 'failed'] as const
export type JobState = (typeof jobStates)[number]

export const fileStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type FileState = (typeof fileStates)[number]

const allCodes = Object.values(errorCodes).flat() as [ErrorCode, ...ErrorCode[]]
const jobId = text(64, 1)
const rate = { bytesPerSecond: z.number(), secondsLeft: z.number().nullable() }

export const jobSummary = z.strictObject({
  jobId: z.string(),
  kind: z.enum(['encrypt', 'decrypt', 'reencrypt']),
  state: z.enum(jobStates),
  startedAt: timestamp,
  finishedAt: timestamp.nullable(),
  filesTotal: z.int(),
  filesDone: z.int(),
  filesFailed: z.int(),
  bytesTotal: z.int(),
  bytesDone: z.int(),
  ...rate,
  /** First file's name, for the headline. */
  title: z.string(),
  code: z.enum(allCodes).nullable(),
  /** Tokens that files of the finished job were refused for: they have the keys. Absent when there are none. */
  missedTokens: z.array(z.strictObject({ label: z.string(), serial: z.string().nullable() })).optional(),
})
export type JobSummary = z.infer<typeof jobSummary>

export const jobFile = z.strictObject({
  index: z.int(),
  /** Name relative to what the user chose; display only. */
  name: z.string(),
  outputName: z.string().nullable(),
  state: z.enum(fileStates),
  bytesTotal: z.int(),
  bytesDone: z.int(),
  ...rate,
  code: z.enum(allCodes).nullable(),
  /** The token that has its key, when that is what it failed for. */
  tokenLabel: z.string().nullable(),
})
export type JobFile = z.infer<typeof jobFile>

/** What happens when the output's name is taken: refuse the file, replace it, or choose a free name. */
export const collisionRules = ['refuse', 'replace', 'rename'] as const

const jobRequest = {
  sources: z.array(pathHandle('source')).min(1).max(limits.pathsPerCall),
  /** Absent: beside each source. */
  targetFolder: pathHandle('folder').optional(),
  /** CLI only: the exact output file; needs exactly one source that is a file. */
  targetFile: pathHandle('target').optional(),
  onCollision: z.enum(collisionRules).default('refuse'),
}
const job = z.strictObject({ job: jobSummary })

export const recipientInfo = z.strictObject({
  kind: z.enum(['keystead-aes', 'keystead-sm4', 'keystead-rsa', 'keystead-sm2', 'foreign']),
  /** Provider namespace and key name of the header, shown as text. */
  provider: z.string(),
  name: z.string(),
  keyId: z.string().nullable(),
  keyVersionId: z.string().nullable(),
  /** Null while the vault is locked. */
  canOpen: z.boolean().nullable(),
})

export const fileHeaderInfo = z.strictObject({
  fileName: z.string(),
  suite: z.string(),
  messageId: z.string(),
  recipients: z.array(recipientInfo),
  frameLength: z.int(),
  encryptionContext: z.record(z.string(), z.string()),
  /** False until a key of this vault has authenticated the header: nothing in it is proven yet. */
  isAuthenticated: z.boolean(),
  fileBytes: z.int(),
  /** Null when the length of the file fits no valid layout (truncated). */
  plaintextBytes: z.int().nullable(),
})
export type FileHeaderInfo = z.infer<typeof fileHeaderInfo>

export const fileSchemas = {
  encryptFiles: {
    request: z.strictObject({ ...jobRequest, keyId: keyReference, encryptionContext: encryptionContext.optional() }),
    response: job,
  },
  decryptFiles: { request: z.strictObject(jobRequest), response: job },
  inspectFile: { request: z.strictObject({ file: pathHandle('source') }), response: z.strictObject({ header: fileHeaderInfo }) },
  listJobs: { request: empty, response: z.strictObject({ jobs: z.array(jobSummary) }) },
  listJobFiles: {
    request: z.strictObject({ jobId, offset: windowOffset, count: windowCount }),
    response: z.strictObject({ total: z.int(), files: z.array(jobFile) }),
  },
  cancelJob: { request: z.strictObject({ jobId }), response: empty },
  resumeJob: { request: z.strictObject({ jobId }), response: job },
  dismissJob: { request: z.strictObject({ jobId }), response: empty },
  showJobOutput: { request: z.strictObject({ jobId, index: z.int().min(0) }), response: empty },
}
