/** Domain types of customer master keys; literal values as documented by the KMS (kms-api 1.2, 1.3). */

export const keySpecs = ['Aliyun_AES_256'] as const
export type KeySpec = (typeof keySpecs)[number]

export const keyUsages = ['ENCRYPT/DECRYPT', 'SIGN/VERIFY'] as const
export type KeyUsage = (typeof keyUsages)[number]

export const keyOrigins = ['Aliyun_KMS', 'EXTERNAL'] as const
export type KeyOrigin = (typeof keyOrigins)[number]

export const protectionLevels = ['SOFTWARE', 'HSM'] as const
export type ProtectionLevel = (typeof protectionLevels)[number]

export const keyStates = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'] as const
export type KeyState = (typeof keyStates)[number]

export const automaticRotations = ['Enabled', 'Disabled', 'Suspended'] as const
export type AutomaticRotation = (typeof automaticRotations)[number]
