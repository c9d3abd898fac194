import { z } from 'zod'
import { rotationSteps, secretLimits } from '../model/secrets'
import { empty, pathHandle, text, timestamp } from './fields'
import { secretName } from './secrets'

/** Where a server listens: a loopback address and port, or a socket file. */
const place = {
  /** `localhost`, `127.0.0.0/8` or `::1`. */
  host: text(64).default('127.0.0.1'),
  port: z.int().min(1).max(65_535).optional(),
  /** Absolute path of a Unix socket (a folder for PostgreSQL), in place of host and port. */
  socketPath: text(1024, 1).optional(),
}
/** The secret that holds the administrator's login (fields username/password or an Rds value); absent: each account changes its own password. */
const adminSecretName = secretName.optional()

/** Where a rotation takes effect. */
export const rotationTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('postgresql'), ...place, database: text(128, 1).default('postgres'), adminSecretName }),
  z.strictObject({ kind: z.literal('mysql'), ...place, adminSecretName, /** Host part of the account, as in 'user'@'host'. */ accountHost: text(255, 1).default('%') }),
  z.strictObject({ kind: z.literal('redis'), ...place, adminSecretName }),
  z.strictObject({
    kind: z.literal('ssh'),
    host: text(64).default('127.0.0.1'),
    port: z.int().min(1).max(65_535).default(22),
    user: text(64, 1),
    /** SHA-256 fingerprint of the server's key, `SHA256:…`; learnt at the first successful test and required afterwards. */
    hostKeyFingerprint: text(128).optional(),
  }),
  z.strictObject({
    kind: z.literal('command'),
    /** Program; absent when a target is changed and its program stays. */
    program: pathHandle('program').optional(),
    /** Shown and confirmed by the user; the value goes through standard input only. */
    args: z.array(text(1024)).max(32).default([]),
    timeoutSeconds: z.int().min(1).max(600).default(60),
  }),
])
export type RotationTargetInput = z.input<typeof rotationTarget>

/** A target as it is shown: paths of programs are what the user chose. */
export const rotationTargetView = z.strictObject({
  kind: z.enum(['postgresql', 'mysql', 'redis', 'ssh', 'command']),
  /** host:port, or the socket. */
  address: z.string(),
  host: z.string().nullable(),
  port: z.int().nullable(),
  socketPath: z.string().nullable(),
  database: z.string().nullable(),
  accountHost: z.string().nullable(),
  adminSecretName: z.string().nullable(),
  user: z.string().nullable(),
  hostKeyFingerprint: z.string().nullable(),
  program: z.string().nullable(),
  args: z.array(z.string()),
  timeoutSeconds: z.int().nullable(),
})
export type RotationTargetView = z.infer<typeof rotationTargetView>

export const rotationHistoryEntry = z.strictObject({
  time: timestamp,
  versionId: z.string(),
  account: z.string().nullable(),
  result: z.enum(['success', 'failure', 'rolled-back']),
  /** The step that failed. */
  step: z.enum(rotationSteps).nullable(),
  code: z.string().nullable(),
  /** What the target said, without any value. */
  reason: z.string().nullable(),
  trigger: z.enum(['manual', 'schedule', 'retry']),
})
export type RotationHistoryEntry = z.infer<typeof rotationHistoryEntry>

export const secretRotationSchemas = {
  getSecretRotation: {
    request: z.strictObject({ secretName }),
    response: z.strictObject({
      target: rotationTargetView.nullable(),
      /** SingleUser or DoubleUsers (Rds), Password or SSHKey (ECS), RamUserAccessKey; null for others. */
      subType: z.string().nullable(),
      isEnabled: z.boolean(),
      intervalSeconds: z.int().nullable(),
      lastRotationDate: timestamp.nullable(),
      nextRotationDate: timestamp.nullable(),
      /** A rotation that stopped: its version is kept and can be retried or rolled back. */
      pending: z
        .strictObject({
          versionId: z.string(),
          startedTime: timestamp,
          /** The last step that is known to be done. */
          doneStep: z.enum(rotationSteps).nullable(),
          failedStep: z.enum(rotationSteps).nullable(),
          code: z.string().nullable(),
          reason: z.string().nullable(),
          account: z.string().nullable(),
        })
        .nullable(),
      isRunning: z.boolean(),
      history: z.array(rotationHistoryEntry).max(secretLimits.historyEntries),
    }),
  },
  /** Null takes the target away; a value that it may have got from an unfinished rotation is kept as a version. */
  setSecretRotationTarget: { request: z.strictObject({ secretName, target: rotationTarget.nullable() }), response: empty },
  /** Logs in at the target with the administrator and the current value; changes nothing. */
  testSecretRotationTarget: {
    request: z.strictObject({ secretName }),
    response: z.strictObject({ adminLogin: z.enum(['ok', 'failed', 'not-used']), currentLogin: z.enum(['ok', 'failed', 'not-tried']), code: z.string().nullable(), reason: z.string().nullable() }),
  },
  /** Goes on with the pending version; later edits stay. ROTATION_NOT_PENDING, SECRET_CHANGED and the codes of rotateSecret. */
  retrySecretRotation: { request: z.strictObject({ secretName }), response: z.strictObject({ secretName: z.string(), versionId: z.string() }) },
  /** Puts the target back to the current value and drops the pending version. ROTATION_NOT_PENDING. */
  rollBackSecretRotation: { request: z.strictObject({ secretName }), response: empty },
  /** The window's dialog for the program of a command target. */
  chooseRotationProgram: { request: empty, response: z.strictObject({ program: z.strictObject({ handle: z.string(), name: z.string(), path: z.string() }).nullable() }) },
}
