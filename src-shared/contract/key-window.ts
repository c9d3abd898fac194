import { z } from 'zod'
import { automaticRotations, keySpecs, keyStates, keyUsages, protectionLevels } from '../model/keys'
import { tokenAvailabilities } from '../model/tokens'
import { keyReference, text, timestamp, windowCount, windowOffset } from './fields'
import { keyMetadata } from './keys'

/** One row of the window's key list. */
export const keyRow = z.strictObject({
  keyId: z.string(),
  /** Without the `alias/` prefix, sorted; empty for a key without alias. */
  aliases: z.array(z.string()),
  description: z.string(),
  keySpec: z.enum(keySpecs),
  keyUsage: z.enum(keyUsages),
  keyState: z.enum(keyStates),
  protectionLevel: z.enum(protectionLevels),
  creationDate: timestamp,
  lastUseDate: timestamp.nullable(),
  automaticRotation: z.enum(automaticRotations),
  nextRotationDate: timestamp.nullable(),
  /** Only while the deletion is pending. */
  deleteDate: timestamp.nullable(),
})
export type KeyRow = z.infer<typeof keyRow>

export const keySortColumns = ['alias', 'keySpec', 'keyState', 'creationDate', 'lastUseDate', 'nextRotationDate'] as const
export type KeySortColumn = (typeof keySortColumns)[number]

/** A version as the key page shows it; oldest first. */
export const keyVersionDetails = z.strictObject({
  keyVersionId: z.string(),
  creationDate: timestamp,
  /** Symmetric keys: new encryptions use it. */
  isPrimary: z.boolean(),
  /** Older than the minimum decryption version. */
  isRetired: z.boolean(),
  /** Encryptions so far (or a little more after a crash); GCM allows 2^32 with random nonces. */
  encryptions: z.number(),
  /** True from 2^31 encryptions: rotate. */
  isNearlyExhausted: z.boolean(),
  lastUseDate: timestamp.nullable(),
  /** Where-used entries that need this version. */
  uses: z.int(),
})
export type KeyVersionDetails = z.infer<typeof keyVersionDetails>

export const keyWindowSchemas = {
  searchKeys: {
    request: z.strictObject({
      offset: windowOffset,
      count: windowCount,
      search: text(256).default(''),
      /** Empty: every one. */
      keyStates: z.array(z.enum(keyStates)).max(4).default([]),
      keySpecs: z.array(z.enum(keySpecs)).max(keySpecs.length).default([]),
      protectionLevels: z.array(z.enum(protectionLevels)).max(2).default([]),
      sortBy: z.enum(keySortColumns).default('creationDate'),
      descending: z.boolean().default(true),
    }),
    response: z.strictObject({ total: z.int(), rows: z.array(keyRow) }),
  },
  /** Everything that the page of a key shows, in one answer. */
  getKeyDetails: {
    request: z.strictObject({ keyId: keyReference }),
    response: z.strictObject({
      keyMetadata,
      /** Without their prefix, sorted. */
      aliases: z.array(z.string()),
      tags: z.array(z.strictObject({ key: z.string(), value: z.string() })),
      versions: z.array(keyVersionDetails),
      lastUseDate: timestamp.nullable(),
      /** When the next version of an asymmetric key may be made; null: now, or not by hand. */
      nextVersionDate: timestamp.nullable(),
      /** Seconds of the rotation period, also while the rotation is off; null: never set. */
      rotationIntervalSeconds: z.int().nullable(),
      /** A finish-rotation run that was begun and not ended. */
      hasUnfinishedRotation: z.boolean(),
      /** Ids of the certificates that were made with this key. */
      certificateIds: z.array(z.string()),
      /** Material was imported once: from then on only the same bytes are taken. */
      wasImported: z.boolean(),
    }),
  },
  /** Where the bytes of a key are. */
  getKeyPlace: {
    request: z.strictObject({ keyId: keyReference }),
    response: z.strictObject({
      place: z.enum(['vault', 'token']),
      /** As the token said when the key was made; null for the vault. */
      token: z.strictObject({ label: z.string(), serial: z.string(), product: z.string(), isSoftware: z.boolean() }).nullable(),
      availability: z.enum(tokenAvailabilities),
    }),
  },
  /** What would become unreadable if the key were deleted. */
  previewKeyDeletion: {
    request: z.strictObject({ keyId: keyReference }),
    response: z.strictObject({
      files: z.int(),
      ciphertexts: z.int(),
      certificates: z.int(),
      /** Secrets whose values are encrypted with it. */
      secrets: z.int(),
      aliases: z.array(z.string()),
      lastUseDate: timestamp.nullable(),
      /** Up to ten names: of secrets, then of files and ciphertexts, newest first. */
      examples: z.array(z.string()),
    }),
  },
}
