import type { SecretType } from '../../../../src-shared/model/secrets'
import type { JsonPart } from '../../../bridge'

export type ManagedType = Exclude<SecretType, 'Generic'>

/** What a managed secret is made of, for all three types, so that changing the type forgets nothing. */
export interface ManagedDraft {
  /** Rds: one account whose password changes, or two that take turns. */
  accounts: 'SingleUser' | 'DoubleUsers'
  /** ECS: how people log in. */
  login: 'Password' | 'SSHKey'
  /** Name of the database or the machine, for people. */
  instance: string
  user: string
  secondUser: string
  /** Password, access key secret or private key. */
  secret: string
  secondSecret: string
  accessKeyId: string
  publicKey: string
}

export const emptyManaged = (): ManagedDraft => ({ accounts: 'SingleUser', login: 'Password', instance: '', user: '', secondUser: '', secret: '', secondSecret: '', accessKeyId: '', publicKey: '' })

/** The region that is asked for by the KMS: there is one, this machine. */
const region = 'local'

/** True while something is missing that the type needs. */
export function isManagedIncomplete(type: ManagedType, draft: ManagedDraft): boolean {
  return neededFields(type, draft).some((name) => draft[name].trim() === '')
}

/** The name that an access key gets from its user; for others as it is typed. */
export function managedName(type: ManagedType, name: string, { user }: ManagedDraft): string {
  return type === 'RAMCredentials' ? `acs/ram/user/${user.trim()}` : name.trim()
}

/** ExtendedConfig as the KMS writes it. */
export function managedConfig(type: ManagedType, { accounts, login, instance, user }: ManagedDraft): string {
  if (type === 'Rds') return JSON.stringify({ SecretSubType: accounts, DBInstanceId: instance.trim() })
  if (type === 'RAMCredentials') return JSON.stringify({ SecretSubType: 'RamUserAccessKey', UserName: user.trim() })
  return JSON.stringify({ SecretSubType: login, RegionId: region, InstanceId: instance.trim() })
}

/** Which fields of the draft hold secrets, in the order in which managedParts() takes their bytes. */
export function managedSecrets(type: ManagedType, { accounts }: ManagedDraft): ('secret' | 'secondSecret')[] {
  return type === 'Rds' && accounts === 'DoubleUsers' ? ['secret', 'secondSecret'] : ['secret']
}

/** The value as the KMS writes it, with the bytes of the secrets in their places. */
export function managedParts(type: ManagedType, draft: ManagedDraft, secrets: readonly Uint8Array[]): JsonPart[] {
  const [first = new Uint8Array(), second = new Uint8Array()] = secrets
  const text = (value: string) => JSON.stringify(value.trim())
  if (type === 'RAMCredentials') return [`{"AccessKeys":[{"AccessKeyId":${text(draft.accessKeyId)},"AccessKeySecret":`, first, '}]}']
  if (type === 'ECS') {
    return draft.login === 'Password'
      ? [`{"UserName":${text(draft.user)},"Password":`, first, '}']
      : [`{"UserName":${text(draft.user)},"PublicKey":${text(draft.publicKey)},"PrivateKey":`, first, '}']
  }
  const account = (user: string, password: Uint8Array): JsonPart[] => [`{"AccountName":${text(user)},"AccountPassword":`, password, '}']
  const both = draft.accounts === 'DoubleUsers'
  return ['{"Accounts":[', ...account(draft.user, first), ...(both ? [',', ...account(draft.secondUser, second)] : []), ']}']
}

function neededFields(type: ManagedType, { accounts, login }: ManagedDraft): (keyof Omit<ManagedDraft, 'accounts' | 'login'>)[] {
  if (type === 'RAMCredentials') return ['user', 'accessKeyId', 'secret']
  if (type === 'ECS') return login === 'Password' ? ['instance', 'user', 'secret'] : ['instance', 'user', 'publicKey', 'secret']
  return accounts === 'SingleUser' ? ['instance', 'user', 'secret'] : ['instance', 'user', 'secret', 'secondUser', 'secondSecret']
}
