import { z } from 'zod'
import { limits } from '../model/limits'
import { secretDataTypes, secretFieldKinds, secretLimits, secretStates, secretTemplates, secretTypes } from '../model/secrets'
import { bytes, empty, keyReference, pathHandle, tagList, text, timestamp, windowCount, windowOffset } from './fields'
import { secretName, versionId } from './secrets'

/** One row of the window's list. Never a value that is secret. */
export const secretRow = z.strictObject({
  secretName: z.string(),
  secretType: z.enum(secretTypes),
  template: z.enum(secretTemplates).nullable(),
  description: z.string(),
  /** Value of the field `username`, `key_id` or `host` of the current version, the first there is; null when none. */
  subtitle: z.string().nullable(),
  currentVersionId: z.string().nullable(),
  versions: z.int(),
  tags: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  isFavourite: z.boolean(),
  states: z.array(z.enum(secretStates)),
  createTime: timestamp,
  updateTime: timestamp,
  expiryDate: timestamp.nullable(),
  nextRotationDate: timestamp.nullable(),
  /** Only in the recycle bin. */
  plannedDeleteTime: timestamp.nullable(),
})
export type SecretRow = z.infer<typeof secretRow>

/** `dueDate`: the nearest of expiry and next rotation; in the recycle bin the end of the recovery window. */
export const secretSortColumns = ['name', 'type', 'updateTime', 'dueDate', 'expiryDate', 'nextRotationDate'] as const
export type SecretSortColumn = (typeof secretSortColumns)[number]

const fieldName = text(secretLimits.fieldNameChars, 1)
const fieldShape = { name: fieldName, kind: z.enum(secretFieldKinds), isSecret: z.boolean() }

/** A field as the page of a secret shows it; `value` is null where it is secret or not there. */
export const secretFieldView = z.strictObject({ ...fieldShape, value: z.string().nullable(), hasValue: z.boolean() })
export type SecretFieldView = z.infer<typeof secretFieldView>

export const secretVersionView = z.strictObject({
  versionId: z.string(),
  createTime: timestamp,
  /** With ACSPending where a rotation is under way. */
  stages: z.array(z.string()),
  dataType: z.enum(secretDataTypes),
  sizeBytes: z.int(),
})
export type SecretVersionView = z.infer<typeof secretVersionView>

export const secretAttachment = z.strictObject({ attachmentId: z.string(), name: z.string(), sizeBytes: z.int(), addedTime: timestamp })

/** Which value: a version by id or by stage (ACSCurrent without either), and a field of it (all of it without). */
const valueReference = { secretName, versionId: versionId.optional(), versionStage: text(256, 1).optional(), field: fieldName.optional() }

const value = bytes(0, secretLimits.dataBytes)

export const characterClasses = ['lowercase', 'uppercase', 'numbers', 'symbols'] as const

export const secretWindowSchemas = {
  searchSecrets: {
    request: z.strictObject({
      offset: windowOffset,
      count: windowCount,
      /** Words that must all occur in name, description, tags or fields that are not secret; `tag:`, `field:`, `is:`, `type:` narrow one word, `-` excludes it. */
      search: text(256).default(''),
      /** Secrets in this folder and below it; empty: everywhere. */
      folder: text(secretLimits.nameChars).default(''),
      /** Empty: those that are not in the recycle bin. */
      states: z.array(z.enum(secretStates)).max(secretStates.length).default([]),
      secretTypes: z.array(z.enum(secretTypes)).max(secretTypes.length).default([]),
      templates: z.array(z.enum(secretTemplates)).max(secretTemplates.length).default([]),
      onlyFavourites: z.boolean().default(false),
      sortBy: z.enum(secretSortColumns).default('name'),
      descending: z.boolean().default(false),
    }),
    response: z.strictObject({ total: z.int(), rows: z.array(secretRow) }),
  },
  /** The folders directly below `parent`, by name; at most 1000. */
  listSecretFolders: {
    request: z.strictObject({ parent: text(secretLimits.nameChars).default('') }),
    response: z.strictObject({
      folders: z.array(z.strictObject({ path: z.string(), name: z.string(), count: z.int(), hasFolders: z.boolean() })),
      /** Secrets outside the recycle bin, in it, and that are favourites: in the whole vault. */
      total: z.int(),
      deleted: z.int(),
      favourites: z.int(),
    }),
  },
  /** Everything that the page of a secret shows, without any secret value. */
  getSecretDetails: {
    request: z.strictObject({ secretName }),
    response: z.strictObject({
      row: secretRow,
      arn: z.string(),
      creator: z.string(),
      encryptionKeyId: z.string(),
      /** Alias or id of that key, for people. */
      encryptionKeyName: z.string(),
      extendedConfig: z.string().nullable(),
      /** Null: the value is not a set of fields. */
      fields: z.array(secretFieldView).nullable(),
      dataType: z.enum(secretDataTypes),
      versions: z.array(secretVersionView),
      attachments: z.array(secretAttachment),
      rotation: z.strictObject({
        isEnabled: z.boolean(),
        intervalSeconds: z.int().nullable(),
        lastRotationDate: timestamp.nullable(),
        nextRotationDate: timestamp.nullable(),
        hasTarget: z.boolean(),
        /** Last rotation failed. */
        isInvalid: z.boolean(),
      }),
    }),
  },
  /**
   * Makes a secret with fields, or changes one: a new version when a value or a field differs. `values` holds the values
   * of the fields with `isGiven`, in their order (model/packed-values); a field that is not given keeps the value that
   * `from`, or its own name, has in the current version.
   */
  saveSecret: {
    request: z.strictObject({
      /** The secret that is changed; absent: a new one. */
      existing: secretName.optional(),
      name: text(256, 1),
      template: z.enum(secretTemplates).nullable(),
      description: text(limits.descriptionChars).default(''),
      fields: z.array(z.strictObject({ ...fieldShape, isGiven: z.boolean(), from: fieldName.optional() })).max(secretLimits.fields),
      values: bytes(0, 256 * 1024),
      tags: tagList(limits.tagCount).default([]),
      isFavourite: z.boolean().default(false),
      /** ISO 8601; null: never. */
      expiryDate: timestamp.nullable().default(null),
      /** For a new secret. */
      encryptionKeyId: keyReference.optional(),
      /** SECRET_CHANGED when another version is current by now. */
      basedOnVersionId: versionId.optional(),
    }),
    response: z.strictObject({ secretName: z.string(), versionId: z.string() }),
  },
  /** Changes what is not part of a version. */
  changeSecret: {
    request: z.strictObject({
      secretName,
      newName: text(256, 1).optional(),
      isFavourite: z.boolean().optional(),
      expiryDate: timestamp.nullable().optional(),
      encryptionKeyId: keyReference.optional(),
    }),
    response: z.strictObject({ secretName: z.string() }),
  },
  /** Renames a folder: every secret in it and below, all or none. SECRET_EXISTS. */
  moveSecretFolder: {
    request: z.strictObject({ from: text(secretLimits.nameChars, 1), to: text(secretLimits.nameChars, 0) }),
    response: z.strictObject({ moved: z.int() }),
  },
  revealSecretValue: {
    request: z.strictObject(valueReference),
    response: z.strictObject({ value, dataType: z.enum(secretDataTypes), versionId: z.string() }),
  },
  /** Puts a value on the clipboard for clipboardClearSeconds; it does not go through the page. `totp` copies the code. */
  copySecretValue: {
    request: z.strictObject({ ...valueReference, as: z.enum(['value', 'totp']).default('value') }),
    response: z.strictObject({ clearsAt: timestamp }),
  },
  /** Puts a generated value of the page on the clipboard in the same way. */
  copySecretText: { request: z.strictObject({ value }), response: z.strictObject({ clearsAt: timestamp }) },
  /** Clears the clipboard now if it still holds what was copied. */
  clearClipboard: { request: empty, response: empty },
  /** RFC 6238 code of a field that holds an otpauth:// URI. `code` is ASCII digits. */
  getTotpCode: {
    request: z.strictObject({ secretName, field: fieldName }),
    response: z.strictObject({ code: bytes(6, 10), periodSeconds: z.int(), secondsLeft: z.int(), issuer: z.string(), account: z.string() }),
  },
  /** What differs between two versions, without the values. */
  compareSecretVersions: {
    request: z.strictObject({ secretName, fromVersionId: versionId, toVersionId: versionId }),
    response: z.strictObject({
      isSame: z.boolean(),
      /** Null where either is not a set of fields. */
      fields: z
        .array(z.strictObject({ name: z.string(), isSecret: z.boolean(), change: z.enum(['same', 'added', 'removed', 'changed']), fromBytes: z.int().nullable(), toBytes: z.int().nullable() }))
        .nullable(),
      fromBytes: z.int(),
      toBytes: z.int(),
    }),
  },
  generateSecretValue: {
    request: z.strictObject({
      kind: z.enum(['characters', 'words']),
      /** Characters: 4 to 128. */
      length: z.int().min(4).max(128).default(20),
      classes: z.array(z.enum(characterClasses)).min(1).max(4).default(['lowercase', 'uppercase', 'numbers', 'symbols']),
      excludeCharacters: text(128).default(''),
      /** Leave out what looks alike: l 1 I O 0 |. */
      excludeLookAlikes: z.boolean().default(false),
      requireEach: z.boolean().default(true),
      /** Words of the EFF large list: 3 to 20. */
      words: z.int().min(3).max(20).default(7),
      separator: text(4).default('-'),
      capitalise: z.boolean().default(false),
      includeNumber: z.boolean().default(false),
    }),
    response: z.strictObject({ value: bytes(0, 1024), entropyBits: z.number() }),
  },
  addSecretAttachment: {
    request: z.strictObject({ secretName, file: pathHandle('source'), name: text(secretLimits.attachmentNameChars, 1).optional() }),
    response: z.strictObject({ attachment: secretAttachment }),
  },
  saveSecretAttachment: {
    request: z.strictObject({ secretName, attachmentId: text(64, 1), target: pathHandle('target') }),
    response: z.strictObject({ sizeBytes: z.int() }),
  },
  removeSecretAttachment: { request: z.strictObject({ secretName, attachmentId: text(64, 1) }), response: empty },
  /** Opens every value once and tells what should be mended. Progress: event secretWorkChanged. */
  checkSecretHealth: {
    request: z.strictObject({ offset: windowOffset, count: windowCount, refresh: z.boolean().default(true) }),
    response: z.strictObject({
      checkedTime: timestamp,
      checked: z.int(),
      counts: z.strictObject({ weak: z.int(), reused: z.int(), expired: z.int(), dueSoon: z.int(), overdue: z.int(), failed: z.int() }),
      total: z.int(),
      findings: z.array(
        z.strictObject({
          secretName: z.string(),
          kind: z.enum(['weak', 'reused', 'expired', 'due-soon', 'overdue', 'failed']),
          /** Field that is weak or reused. */
          field: z.string().nullable(),
          /** Others that have the same value, at most five. */
          sharedWith: z.array(z.string()),
          date: timestamp.nullable(),
        }),
      ),
    }),
  },
  /** What comes due, oldest first: rotations of keys and secrets, expiries, deletions. */
  listRotationCalendar: {
    request: z.strictObject({ until: timestamp.optional(), offset: windowOffset, count: windowCount }),
    response: z.strictObject({
      total: z.int(),
      overdue: z.int(),
      entries: z.array(
        z.strictObject({
          kind: z.enum(['key-rotation', 'key-deletion', 'key-material-expiry', 'secret-rotation', 'secret-expiry', 'secret-deletion', 'certificate-expiry']),
          /** Key id, secret name or certificate id. */
          id: z.string(),
          name: z.string(),
          date: timestamp,
          isOverdue: z.boolean(),
        }),
      ),
    }),
  },
  /** Writes the calendar as iCalendar (RFC 5545). */
  saveRotationCalendar: { request: z.strictObject({ target: pathHandle('target') }), response: z.strictObject({ entries: z.int() }) },
}
