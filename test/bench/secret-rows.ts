import { randomBytes } from 'node:crypto'
import { uuid } from '../../src-main/crypto/random'
import { plainSecret, type SecretRecord } from '../../src-main/secrets/secret-record'
import type { SealedValue } from '../../src-main/secrets/secret-values'

const dayMs = 86_400_000
const versionIds = ['v1', 'v2', 'v3'] as const
const environments = ['prod', 'staging', 'test', 'dev'] as const
const teams = ['payments', 'billing', 'search', 'identity', 'storage', 'mobile', 'reports'] as const

function pick<T>(from: readonly [T, ...T[]], index: number): T {
  return from[index % from.length] ?? from[0]
}

/** A secret as people have them: a folder, three versions, a description, a tag or two, a user name. */
export function secretNumber(ordinal: number, now: number, keyId: string): SecretRecord {
  const [environment, team] = [pick(environments, ordinal), pick(teams, ordinal)]
  const createdAt = now - 80 * dayMs + ordinal * 60_000
  const stages = [[], ['ACSPrevious'], ['ACSCurrent']]
  return {
    ...plainSecret,
    secretId: uuid(),
    ordinal,
    name: `${environment}/${team}/${team}-${ordinal}`,
    secretType: 'Generic',
    template: 'login',
    description: `Login of ${team} in ${environment}, number ${ordinal}`,
    keyId,
    creator: 'window',
    createdAt,
    updatedAt: createdAt,
    versions: versionIds.map((versionId, at) => ({ versionId, createdAt: createdAt + at * dayMs, dataType: 'text', sizeBytes: 62, stages: stages[at] ?? [] })),
    tags: [{ key: 'environment', value: environment }, { key: 'team', value: team }].slice(ordinal % 2),
    fields: [{ name: 'username', kind: 'text', isSecret: false }, { name: 'password', kind: 'password', isSecret: true }],
    publicValues: new Map([['username', `${team}_user_${ordinal}`]]),
    isFavourite: ordinal % 50 === 0,
    expiresAt: ordinal % 10 === 0 ? now + ordinal * 1000 : null,
  }
}

/** Values of three versions that have the size of sealed ones and open to nothing. */
export function sealedValues(): Map<string, SealedValue> {
  const sealed = { wrappedKey: randomBytes(200), sealed: randomBytes(90) }
  return new Map(versionIds.map((versionId) => [versionId, sealed]))
}
