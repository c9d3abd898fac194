import type { keySchemas } from '../keys'
import type { keyWindowSchemas } from '../key-window'
import type { tagSchemas } from '../tags'
import type { GuideEntry } from './entry'

type Names = keyof typeof keySchemas | keyof typeof keyWindowSchemas | keyof typeof tagSchemas

/** Keys, their names, versions and tags. */
export const keyGuide = {
  createKey: {
    summary: 'Makes a key. KeySpec decides what it can do; what the key is for is fixed by KeyUsage.',
    example: { KeySpec: 'Aliyun_AES_256', Description: 'backups', EnableAutomaticRotation: true, RotationInterval: '90d' },
    keep: { keyId: 'KeyMetadata.KeyId', keyVersionId: 'KeyMetadata.PrimaryKeyVersion' },
  },
  createAlias: { summary: 'Gives a key one more name, unique in the vault.', example: { AliasName: 'alias/backups', KeyId: '<keyId>' } },
  describeKey: { summary: 'The metadata of a key.', example: { KeyId: 'alias/backups' }, keep: { keyArn: 'KeyMetadata.Arn' } },
  listKeys: {
    summary: 'Key ids and ARNs, oldest first; Filters must all fit, by any of their values.',
    example: { PageNumber: 1, PageSize: 10, Filters: [{ Key: 'KeyState', Values: ['Enabled'] }] },
  },
  updateKeyDescription: { summary: 'Replaces the description.', example: { KeyId: '<keyId>', Description: 'backups of the workstation' } },
  disableKey: { summary: 'Stops every use of a key until it is enabled again.', example: { KeyId: '<keyId>' } },
  enableKey: { summary: 'Lets a disabled key work again.', example: { KeyId: '<keyId>' } },
  setDeletionProtection: {
    summary: 'Refuses, or allows again, that a deletion of the key is scheduled.',
    example: { ProtectedResourceArn: '<keyArn>', EnableDeletionProtection: false },
  },
  scheduleKeyDeletion: {
    summary: 'The key stops at once and is destroyed after 7 to 366 days. Nothing brings it back after that.',
    example: { KeyId: '<keyId>', PendingWindowInDays: 30 },
  },
  cancelKeyDeletion: { summary: 'Keeps a key whose deletion is pending; it is enabled again.', example: { KeyId: '<keyId>' } },
  updateAlias: { summary: 'Moves an alias to another key.', example: { AliasName: 'alias/backups', KeyId: '<keyId>' } },
  listAliases: { summary: 'All aliases, by name.', example: { PageSize: 10 } },
  listAliasesByKeyId: { summary: 'The aliases of a key.', example: { KeyId: '<keyId>' } },
  deleteAlias: { summary: 'Removes a name; the key is not touched.', example: { AliasName: 'alias/old-name' } },
  updateRotationPolicy: {
    summary: 'Automatic rotation of a symmetric key: on with a period of 7 to 730 days, or off.',
    example: { KeyId: '<keyId>', EnableAutomaticRotation: true, RotationInterval: '30d' },
  },
  rotateKey: {
    summary: 'A new primary version of a symmetric key, now. Older versions still decrypt.',
    example: { KeyId: '<keyId>' },
    keep: { newVersionId: 'KeyVersion.KeyVersionId' },
  },
  createKeyVersion: {
    summary: 'A new version of an asymmetric key, seven days after the latest at the earliest.',
    example: { KeyId: '<oldSigningKeyId>' },
  },
  describeKeyVersion: { summary: 'When a version was made.', example: { KeyId: '<keyId>', KeyVersionId: '<newVersionId>' } },
  listKeyVersions: { summary: 'The versions of a key.', example: { KeyId: '<keyId>', PageSize: 10 } },
  setMinimumDecryptionVersion: {
    summary: 'Older versions no longer decrypt. Without KeyVersionId all do again; nothing is destroyed.',
    example: { KeyId: '<keyId>', KeyVersionId: '<keyVersionId>' },
  },
  setKeyPolicy: {
    summary: 'Keeps a policy with the key. The window and the command line belong to the owner of the vault and are not bound by it.',
    example: {
      KeyId: '<keyId>',
      Policy: '{"Version":"1","Statement":[{"Sid":"owner","Effect":"Allow","Principal":{"RAM":["*"]},"Action":["kms:*"],"Resource":"*"}]}',
    },
  },
  getKeyPolicy: { summary: 'The policy of a key.', example: { KeyId: '<keyId>' } },
  searchKeys: {
    summary: 'A window of the key list as the Keys page shows it.',
    example: { Search: 'backups', Count: 10, KeyStates: ['Enabled'], SortBy: 'nextRotationDate', Descending: false },
  },
  getKeyDetails: { summary: 'All that the page of a key shows.', example: { KeyId: '<keyId>' } },
  getKeyPlace: { summary: 'Where the bytes of a key are, in the vault or on a token, and whether they can be used now.', example: { KeyId: '<keyId>' } },
  previewKeyDeletion: { summary: 'What would become unreadable if the key were deleted.', example: { KeyId: '<keyId>' } },
  tagResource: { summary: 'Adds tags to a key or a certificate, or changes their values.', example: { KeyId: '<keyId>', Tags: [{ TagKey: 'team', TagValue: 'ops' }] } },
  listResourceTags: { summary: 'The tags of a key or a certificate.', example: { KeyId: '<keyId>' } },
  untagResource: { summary: 'Removes tags by their keys.', example: { KeyId: '<keyId>', TagKeys: ['team'] } },
  tagResources: {
    summary: 'Adds tags to up to 50 keys; ids that name nothing are passed over.',
    example: { ResourceType: 'key', ResourceId: ['<keyId>'], Tag: [{ Key: 'team', Value: 'ops' }] },
  },
  listTagResources: { summary: 'Tags of many keys, 200 an answer.', example: { ResourceType: 'key', ResourceId: ['<keyId>'] } },
  untagResources: { summary: 'Removes tags from up to 50 keys.', example: { ResourceType: 'key', ResourceId: ['<keyId>'], All: true } },
} as const satisfies Record<Names, GuideEntry>
