import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sm2Encrypt } from '../../../src-main/crypto/sm2'
import { sm3 } from '../../../src-main/crypto/sm3'
import { isoSeconds } from '../../../src-main/keystore/key-metadata'
import { isKmsError } from '../../../src-shared/errors'
import { expiryAfter, KeyModel, modelKinds, type ModelKey, type Outcome, type Step } from '../../support/key-model'
import { openKeystore } from '../../support/keystore-fixture'

const createInputs = {
  aes: {},
  external: { origin: 'EXTERNAL' },
  pair: { keySpec: 'Ed25519' },
  hmac: { keySpec: 'HMAC_SHA_256' },
} as const
const aliasName = (name: number) => `alias/name-${name}`
const plaintextOf = (blob: number) => new TextEncoder().encode(`ciphertext ${blob}`)

/** The keystore with the ids behind the numbers of the model. */
async function openReal() {
  const opened = await openKeystore()
  const { ask, clock, keystore, relock } = opened
  const keyIds: string[] = []
  const blobs: Uint8Array[] = []
  const idOf = (key: number) => keyIds[key % keyIds.length] ?? 'key-unknownunknownunknown'

  /** Always the same material for the same key, as the KMS wants it. */
  async function importMaterial(keyId: string, days: number | null): Promise<unknown> {
    const { publicKey, importToken } = await ask('getParametersForImport', { keyId, wrappingAlgorithm: 'SM2PKE', wrappingKeySpec: 'EC_SM2' })
    const encryptedKeyMaterial = sm2Encrypt(publicKey, sm3(new TextEncoder().encode(keyId)))
    const expiry = days === null ? {} : { keyMaterialExpireUnix: expiryAfter(keystore.session().nowMs(), days) / 1000 }
    return ask('importKeyMaterial', { keyId, importToken, encryptedKeyMaterial, ...expiry })
  }

  async function work(step: Step): Promise<unknown> {
    switch (step.do) {
      case 'create': {
        const rotation = step.rotationDays === null ? {} : { enableAutomaticRotation: true, rotationInterval: `${step.rotationDays}d` }
        return keyIds.push((await ask('createKey', { ...createInputs[step.kind], ...rotation })).keyMetadata.keyId)
      }
      case 'enable':
        return ask('enableKey', { keyId: idOf(step.key) })
      case 'disable':
        return ask('disableKey', { keyId: idOf(step.key) })
      case 'cancel':
        return ask('cancelKeyDeletion', { keyId: idOf(step.key) })
      case 'rotate':
        return ask('rotateKey', { keyId: idOf(step.key) })
      case 'addVersion':
        return ask('createKeyVersion', { keyId: idOf(step.key) })
      case 'schedule':
        return ask('scheduleKeyDeletion', { keyId: idOf(step.key), pendingWindowInDays: step.days })
      case 'protect':
        return ask('setDeletionProtection', { keyId: idOf(step.key), enableDeletionProtection: step.on })
      case 'policy':
        return ask('updateRotationPolicy', {
          keyId: idOf(step.key),
          enableAutomaticRotation: step.on,
          ...(step.days === null ? {} : { rotationInterval: `${step.days}d` }),
        })
      case 'retire': {
        const versions = keystore.session().find(idOf(step.key))?.record.versions ?? []
        const version = versions[step.version % versions.length]
        return ask('setMinimumDecryptionVersion', { keyId: idOf(step.key), ...(version ? { keyVersionId: version.keyVersionId } : {}) })
      }
      case 'import':
        return importMaterial(idOf(step.key), step.days)
      case 'deleteMaterial':
        return ask('deleteKeyMaterial', { keyId: idOf(step.key) })
      case 'createAlias':
        return ask('createAlias', { keyId: idOf(step.key), aliasName: aliasName(step.name) })
      case 'updateAlias':
        return ask('updateAlias', { keyId: idOf(step.key), aliasName: aliasName(step.name) })
      case 'deleteAlias':
        return ask('deleteAlias', { aliasName: aliasName(step.name) })
      case 'tag':
        return ask('tagResource', { keyId: idOf(step.key), tags: [{ TagKey: `tag${step.name}`, TagValue: String(step.value) }] })
      case 'untag':
        return ask('untagResource', { keyId: idOf(step.key), tagKeys: [`tag${step.name}`] })
      case 'encrypt':
        return blobs.push((await ask('encrypt', { keyId: idOf(step.key), plaintext: plaintextOf(blobs.length) })).ciphertextBlob)
      case 'decrypt': {
        const number = step.blob % blobs.length
        const { plaintext } = await ask('decrypt', { ciphertextBlob: blobs[number] ?? new Uint8Array(1) })
        return expect(plaintext).toEqual(plaintextOf(number))
      }
      case 'pass':
        clock.passDays(step.days)
        return keystore.catchUp()
      case 'relock':
        return relock()
    }
  }

  const run = (step: Step): Promise<Outcome> =>
    work(step).then(
      () => 'ok' as const,
      (error: unknown) => {
        if (isKmsError(error)) return error.code
        throw error
      },
    )
  return { ...opened, keyIds, blobs, run }
}

type Real = Awaited<ReturnType<typeof openReal>>

/** What the keystore says of a key, and what the model expects it to say. */
async function viewOf({ ask, keyIds }: Real, number: number) {
  const keyId = keyIds[number] ?? ''
  const { keyMetadata, aliases, tags, versions, lastUseDate } = await ask('getKeyDetails', { keyId })
  return {
    state: keyMetadata.keyState,
    rotation: keyMetadata.automaticRotation,
    next: keyMetadata.nextRotationDate ?? null,
    deleteDate: keyMetadata.deleteDate ?? null,
    expires: keyMetadata.materialExpireTime,
    protection: keyMetadata.deletionProtection,
    versions: versions.map(({ creationDate }) => creationDate),
    retired: versions.filter(({ isRetired }) => isRetired).length,
    aliases: aliases.map((name) => `alias/${name}`),
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    lastUseDate,
  }
}

function expectedOf({ state, rotation, versions, deletesAt, expiresAt, isProtected, minimum, aliases, tags, lastUseAt }: ModelKey): Awaited<ReturnType<typeof viewOf>> {
  const next = rotation.on && rotation.days !== null ? (versions.at(-1) ?? 0) + rotation.days * 86_400_000 : null
  return {
    state,
    rotation: rotation.on ? (state === 'Enabled' ? 'Enabled' : 'Suspended') : 'Disabled',
    next: next === null ? null : isoSeconds(next),
    deleteDate: deletesAt === null ? null : isoSeconds(deletesAt),
    expires: expiresAt === null ? '' : isoSeconds(expiresAt),
    protection: isProtected ? 'Enabled' : 'Disabled',
    versions: versions.map(isoSeconds),
    retired: minimum,
    aliases: [...aliases].map(aliasName).sort(),
    tags: Object.fromEntries([...tags].map(([name, value]) => [`tag${name}`, String(value)])),
    lastUseDate: lastUseAt === 0 ? null : isoSeconds(lastUseAt),
  }
}

/** One key of each kind, so that every step has keys to meet. */
const beginning: Step[] = [
  { do: 'create', kind: 'aes', rotationDays: 30 },
  { do: 'create', kind: 'aes', rotationDays: null },
  ...modelKinds.map((kind) => ({ do: 'create' as const, kind, rotationDays: null })),
  { do: 'encrypt', key: 0 },
  { do: 'pass', days: 7 },
  { do: 'import', key: 3, days: 5 },
  { do: 'encrypt', key: 3 },
]

const key = fc.nat(5)
const name = fc.nat(3)
const rotationDays = fc.constantFrom(7, 30, 365)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('create' as const), kind: fc.constantFrom('aes' as const, ...modelKinds), rotationDays: fc.option(rotationDays) }),
  fc.record({ do: fc.constantFrom('enable' as const, 'disable' as const), key }),
  fc.record({ do: fc.constantFrom('cancel' as const, 'rotate' as const), key }),
  fc.record({ do: fc.constant('addVersion' as const), key }),
  fc.record({ do: fc.constant('encrypt' as const), key }),
  fc.record({ do: fc.constant('schedule' as const), key, days: fc.constantFrom(7, 30, 366) }),
  fc.record({ do: fc.constant('protect' as const), key, on: fc.boolean() }),
  fc.record({ do: fc.constant('policy' as const), key, on: fc.boolean(), days: fc.option(rotationDays) }),
  fc.record({ do: fc.constant('retire' as const), key, version: fc.nat(9) }),
  fc.record({ do: fc.constant('import' as const), key, days: fc.option(fc.constantFrom(1, 5, 20)) }),
  fc.record({ do: fc.constant('deleteMaterial' as const), key }),
  fc.record({ do: fc.constantFrom('createAlias' as const, 'updateAlias' as const), key, name }),
  fc.record({ do: fc.constant('deleteAlias' as const), name }),
  fc.record({ do: fc.constant('tag' as const), key, name, value: fc.nat(9) }),
  fc.record({ do: fc.constant('untag' as const), key, name }),
  fc.record({ do: fc.constant('decrypt' as const), blob: fc.nat(20) }),
  fc.record({ do: fc.constant('pass' as const), days: fc.constantFrom(1, 7, 10, 31, 400, -5, -100) }),
  fc.record({ do: fc.constant('relock' as const) }),
)

describe('any sequence of operations', () => {
  it('answers and ends as the model does', async () => {
    const seen = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
        const real = await openReal()
        const model = new KeyModel(real.clock.time)
        const all: Step[] = [...beginning, ...steps, { do: 'relock' }]
        for (const [place, next] of all.entries()) {
          const expected = model.run(next)
          expect([place, next, await real.run(next)]).toEqual([place, next, expected])
          seen.set(`${next.do}: ${expected}`, (seen.get(`${next.do}: ${expected}`) ?? 0) + 1)
          for (const known of model.keys.values()) expect([place, next, await viewOf(real, known.number)]).toEqual([place, next, expectedOf(known)])
          expect((await real.ask('listKeys', { pageSize: 100 })).keys.map(({ keyId }) => keyId)).toEqual([...model.keys.keys()].map((number) => real.keyIds[number]))
        }
        for (let blob = 0; blob < model.blobs.length; blob++) expect(await real.run({ do: 'decrypt', blob })).toBe(model.run({ do: 'decrypt', blob }))
      }),
      { numRuns: 200 },
    )
    // The sequences reach what they are meant to reach.
    const reached = ['addVersion: ok', 'cancel: ok', 'decrypt: ok', 'encrypt: KEY_PENDING_DELETION', 'encrypt: KEY_PENDING_IMPORT', 'import: ok', 'deleteMaterial: ok', 'retire: ok', 'rotate: ok', 'schedule: DELETION_PROTECTED']
    expect(reached.filter((outcome) => !seen.has(outcome))).toEqual([])
  }, 60_000)
})
