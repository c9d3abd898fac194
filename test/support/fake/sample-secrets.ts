import type { SecretDataType, SecretField, SecretFieldKind, SecretTemplate, SecretType } from '../../../src-shared/model/secrets'
import { templateFields } from '../../../src-shared/model/secrets'
import { sampleId } from './sample-keys'
import { isoBefore } from './state'

/** A version with its value in the clear: there is nothing to protect here. */
export interface FakeSecretVersion {
  versionId: string
  createTime: string
  stages: readonly string[]
  dataType: SecretDataType
  value: Uint8Array
}

/** A secret of the fake main; what lists and pages show of it follows from this (secret-views.ts). */
export interface FakeSecret {
  name: string
  secretType: SecretType
  template: SecretTemplate | null
  description: string
  createTime: string
  updateTime: string
  tags: { key: string; value: string }[]
  isFavourite: boolean
  expiryDate: string | null
  plannedDeleteTime: string | null
  extendedConfig: string | null
  encryptionKeyName: string
  /** Null: the value is not a set of fields. */
  fields: readonly SecretField[] | null
  /** Oldest first. */
  versions: readonly FakeSecretVersion[]
  rotation: { isEnabled: boolean; intervalSeconds: number | null; lastRotationDate: string | null; hasTarget: boolean; isInvalid: boolean }
  attachments: { attachmentId: string; name: string; sizeBytes: number; addedTime: string }[]
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const field = (name: string, kind: SecretFieldKind, isSecret: boolean): SecretField => ({ name, kind, isSecret })

interface Sample {
  name: string
  template?: SecretTemplate
  secretType?: SecretType
  fields?: readonly SecretField[]
  /** Values of each version, oldest first: an object for fields, text or bytes otherwise. */
  values: readonly (Readonly<Record<string, string>> | string | Uint8Array)[]
  stages?: readonly (readonly string[])[]
  description?: string
  tags?: readonly (readonly [string, string])[]
  isFavourite?: boolean
  /** Days from now; negative: over. */
  expiresInDays?: number
  deletedInDays?: number
  rotation?: Partial<FakeSecret['rotation']> & { lastDaysAgo?: number }
  extendedConfig?: string
  attachments?: readonly (readonly [string, number])[]
}

const login = (username: string, password: string, url: string, more: Readonly<Record<string, string>> = {}) => ({ username, password, url, ...more })
const totp = 'otpauth://totp/GitHub:ada%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=GitHub'
const privateKey = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\nQyNTUxOQAAACDnHq0ZtT9pTq3GfC1yM1y0GxvC7nq0fakefakefakefakeAAAAJhq1\n-----END OPENSSH PRIVATE KEY-----\n'
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOcerRm1P2lOrcZ8LXIzXLQbG8LuerR ada@workstation'
const database = { engine: 'postgresql', host: 'db.internal', port: '5432', database: 'orders', username: 'orders_app' }
const rds = [field('AccountName', 'text', false), field('AccountPassword', 'password', true)]

const samples: readonly Sample[] = [
  {
    name: 'work/github', template: 'login', isFavourite: true, description: 'Account of the build team', tags: [['team', 'platform'], ['env', 'production']],
    values: [
      login('ada@example.com', 'winter-2024', 'https://github.com/login'),
      login('ada@example.com', 'orbit-velvet-lamp-91', 'https://github.com/login', { totp }),
      login('ada@example.com', 'k7!Vq-Tn3w_Zr9#Lp', 'https://github.com/login', { totp, notes: 'Recovery codes are in the safe.\nAsk Grace before changing the second factor.' }),
    ],
    stages: [[], ['ACSPrevious', 'before-sso'], ['ACSCurrent']], attachments: [['recovery-codes.txt', 412], ['sso-setup.pdf', 1_482_133]],
  },
  { name: 'work/registry-token', template: 'api-key', tags: [['team', 'platform']], values: [{ key_id: 'deploy-bot', key: 'npm_Zk39dKq2LmW8', url: 'https://registry.example.com' }], expiresInDays: 2 },
  { name: 'work/payments/stripe-live', template: 'api-key', tags: [['env', 'production'], ['pci', 'yes']], values: [{ key_id: 'acct_1Kx', key: 'sk_live_9aQ' }, { key_id: 'acct_1Kx', key: 'sk_live_7bR' }], expiresInDays: -4, isFavourite: true },
  { name: 'work/payments/orders-db', template: 'database', tags: [['env', 'production']], values: [{ ...database, password: 'old' }, { ...database, password: 'tR5-mmQ2' }], description: 'Used by the order service' },
  { name: 'work/payments/webhook-signing', values: ['whsec_5f2b90c1aa7d'] },
  { name: 'work/servers/bastion', template: 'ssh-key', values: [{ username: 'ada', host: 'bastion.example.com', private_key: privateKey, public_key: publicKey, passphrase: 'lamp orbit' }] },
  { name: 'work/servers/web-certificate', template: 'certificate', values: [{ certificate: '-----BEGIN CERTIFICATE-----\nMIIBzDCCAXKg\n-----END CERTIFICATE-----\n', private_key: privateKey }], expiresInDays: 61 },
  { name: 'work/staging/env', template: 'env', fields: [field('DATABASE_URL', 'password', true), field('LOG_LEVEL', 'text', false), field('SESSION_KEY', 'password', true)], values: [{ DATABASE_URL: 'postgres://app:pw@localhost/app', LOG_LEVEL: 'debug', SESSION_KEY: '8c1f' }] },
  { name: 'databases/reporting', secretType: 'Rds', fields: rds, extendedConfig: '{"SecretSubType":"DoubleUsers","DBInstanceId":"pg-local"}', values: [{ AccountName: 'report', AccountPassword: 'a1' }, { AccountName: 'report_clone', AccountPassword: 'b2' }], rotation: { isEnabled: true, intervalSeconds: 30 * 86_400, lastDaysAgo: 12, hasTarget: true } },
  { name: 'databases/warehouse', secretType: 'Rds', fields: rds, extendedConfig: '{"SecretSubType":"SingleUser","DBInstanceId":"maria-local"}', values: [{ AccountName: 'warehouse', AccountPassword: 'c3' }], rotation: { isEnabled: true, intervalSeconds: 7 * 86_400, lastDaysAgo: 9, hasTarget: true, isInvalid: true } },
  { name: 'acs/ecs/workstation', secretType: 'ECS', fields: [field('UserName', 'text', false), field('Password', 'password', true)], extendedConfig: '{"SecretSubType":"Password","RegionId":"local","InstanceId":"workstation"}', values: [{ UserName: 'deploy', Password: 'd4' }], rotation: { isEnabled: true, intervalSeconds: 90 * 86_400, lastDaysAgo: 20 } },
  { name: 'personal/bank', template: 'login', isFavourite: true, values: [login('4711-0815', 'sunflower', 'https://bank.example.com')] },
  { name: 'personal/mail', template: 'login', values: [login('ada@example.org', 'correct-horse', 'https://mail.example.org', { totp })], tags: [['home', '']] },
  { name: 'personal/wifi', template: 'note', values: [{ note: 'Guest network: sunny-otter-42' }] },
  { name: 'licence.bin', values: [Uint8Array.from({ length: 2048 }, (_, at) => (at * 37) % 251)], description: 'Licence file of the simulator' },
  { name: 'old/jenkins', template: 'login', values: [login('admin', 'jenkins', 'http://ci.internal:8080')], deletedInDays: 18 },
]

const places = ['work/services', 'work/payments/partners', 'clients/north', 'clients/south', 'personal/shops', 'infrastructure/cache', 'infrastructure/queue', 'research']
const services = ['analytics', 'billing', 'crm', 'dns', 'forum', 'ledger', 'mailer', 'metrics', 'proxy', 'search', 'storage', 'wiki']

function generated(index: number): Sample {
  const place = places[index % places.length] ?? 'work'
  const service = services[(index * 7) % services.length] ?? 'service'
  const template = (['login', 'api-key', 'login', 'database', 'note'] as const)[index % 5] ?? 'login'
  const base = { name: `${place}/${service}-${index}`, template, isFavourite: index % 97 === 5, ...(index % 211 === 9 ? { expiresInDays: (index % 40) - 5 } : {}) }
  const tags = index % 3 === 0 ? ([['team', service]] as const) : []
  if (template === 'login') return { ...base, tags, values: [login(`user${index}@example.com`, `pw-${index}`, `https://${service}.example.com`)] }
  if (template === 'api-key') return { ...base, tags, values: [{ key_id: `client-${index}`, key: `key-${index}` }] }
  if (template === 'database') return { ...base, tags, values: [{ ...database, database: service, password: `db-${index}` }] }
  return { ...base, tags, values: [{ note: `Note ${index}` }] }
}

function made(sample: Sample, index: number, nowMs: number): FakeSecret {
  const { values, rotation } = sample
  const createdMinutes = 90 + ((index * 7919) % 400_000)
  const step = createdMinutes / values.length
  const defaults = values.map((_, at) => (at === values.length - 1 ? ['ACSCurrent'] : at === values.length - 2 ? ['ACSPrevious'] : []))
  const current = values.at(-1)
  const present = typeof current === 'object' && !(current instanceof Uint8Array) ? Object.keys(current) : null
  const known = sample.fields ?? (sample.template ? templateFields[sample.template] : [])
  const inDays = (days: number | undefined) => (days === undefined ? null : isoBefore(nowMs, -days * 1440 - 90))
  return {
    name: sample.name, secretType: sample.secretType ?? 'Generic', template: sample.template ?? null, description: sample.description ?? '',
    createTime: isoBefore(nowMs, createdMinutes), updateTime: isoBefore(nowMs, createdMinutes - step * (values.length - 1)),
    tags: (sample.tags ?? []).map(([key, value]) => ({ key, value })), isFavourite: sample.isFavourite ?? false,
    expiryDate: inDays(sample.expiresInDays), plannedDeleteTime: inDays(sample.deletedInDays), extendedConfig: sample.extendedConfig ?? null,
    encryptionKeyName: index % 4 === 3 ? 'payments/card-data' : 'acs/secrets',
    fields: present && known.filter(({ name }) => present.includes(name)),
    versions: values.map((value, at) => ({
      versionId: `v${at + 1}`, createTime: isoBefore(nowMs, createdMinutes - step * at), stages: sample.stages?.[at] ?? defaults[at] ?? [],
      dataType: value instanceof Uint8Array ? 'binary' : 'text',
      value: value instanceof Uint8Array ? value : bytes(typeof value === 'string' ? value : JSON.stringify(value)),
    })),
    rotation: {
      isEnabled: rotation?.isEnabled ?? false, intervalSeconds: rotation?.intervalSeconds ?? null, hasTarget: rotation?.hasTarget ?? false,
      isInvalid: rotation?.isInvalid ?? false, lastRotationDate: rotation?.lastDaysAgo === undefined ? null : isoBefore(nowMs, rotation.lastDaysAgo * 1440),
    },
    attachments: (sample.attachments ?? []).map(([name, sizeBytes], at) => ({ attachmentId: sampleId(800_000 + index * 20 + at), name, sizeBytes, addedTime: isoBefore(nowMs, 3000 + at * 900) })),
  }
}

/** Secrets of a vault in use: the first ones show every kind, the others fill it. */
export function sampleSecrets(count: number, nowMs: number): FakeSecret[] {
  return Array.from({ length: count }, (_, index) => made(samples[index] ?? generated(index), index, nowMs))
}
