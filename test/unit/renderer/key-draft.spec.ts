import { describe, expect, it } from 'vitest'
import {
  canBeExportable, draftFault, emptyKeyDraft, originRefusal, requestOf, rotationRefusal, settled, specGroups, tokenRefusal, usageChoices, type KeyDraft,
} from '../../../src-renderer/features/keys/key-draft'
import { hasRotationFault, rotationDays, rotationDraftOf } from '../../../src-renderer/features/keys/rotation-draft'
import { operations } from '../../../src-shared/contract/operations'
import { isSymmetric, keySpecInfos } from '../../../src-shared/model/key-specs'
import { keySpecs, type KeySpec } from '../../../src-shared/model/keys'

const draftOf = (patch: Partial<KeyDraft>): KeyDraft => ({ ...emptyKeyDraft(), ...patch })
const possible = (spec: KeySpec) => usageChoices(spec).filter(({ isPossible }) => isPossible).map(({ usage }) => usage)

describe('the choices of a new key', () => {
  it('offer every key spec once, by family', () => {
    const groups = specGroups()
    expect(groups.map(({ family }) => family)).toEqual(['symmetric', 'asymmetric', 'mac'])
    expect(groups.flatMap(({ specs }) => specs)).toEqual([...keySpecs])
  })

  it('offer exactly the usages that the spec has', () => {
    for (const spec of keySpecs) expect(possible(spec).toSorted(), spec).toEqual([...keySpecInfos[spec].usages].toSorted())
    expect(possible('Aliyun_SM4')).toEqual(['ENCRYPT/DECRYPT'])
    expect(possible('RSA_3072')).toEqual(['ENCRYPT/DECRYPT', 'SIGN/VERIFY'])
    expect(possible('Ed25519')).toEqual(['SIGN/VERIFY'])
    expect(possible('HMAC_SM3')).toEqual(['GENERATE_VERIFY_MAC'])
  })

  it.each([
    ['Aliyun_AES_256', 'Aliyun_KMS', null],
    ['Aliyun_SM4', 'Aliyun_KMS', null],
    ['Aliyun_AES_256', 'EXTERNAL', 'external'],
    ['RSA_2048', 'Aliyun_KMS', 'asymmetric'],
    ['EC_SM2', 'Aliyun_KMS', 'asymmetric'],
    ['HMAC_SHA_256', 'Aliyun_KMS', 'mac'],
  ] as const)('say of %s with origin %s whether it rotates: %s', (keySpec, origin, refusal) => {
    expect(rotationRefusal({ keySpec, origin })).toBe(refusal)
  })

  it('let only symmetric keys wait for material, and only asymmetric ones be exportable', () => {
    for (const spec of keySpecs) {
      expect(originRefusal(spec) === null, spec).toBe(isSymmetric(spec))
      expect(canBeExportable({ keySpec: spec, protectionLevel: 'SOFTWARE' }), spec).toBe(keySpecInfos[spec].family === 'asymmetric')
      expect(canBeExportable({ keySpec: spec, protectionLevel: 'HSM' }), spec).toBe(false)
    }
    expect(originRefusal('EC_P256')).toBe('asymmetric')
    expect(originRefusal('HMAC_SHA_512')).toBe('mac')
  })
})

describe('a key on a token', () => {
  it('is possible for what tokens can make, while one is there', () => {
    expect(tokenRefusal({ keySpec: 'Aliyun_AES_256', origin: 'Aliyun_KMS' }, 1)).toBeNull()
    expect(tokenRefusal({ keySpec: 'Aliyun_AES_256', origin: 'Aliyun_KMS' }, 0)).toBe('noToken')
    expect(tokenRefusal({ keySpec: 'Aliyun_AES_256', origin: 'EXTERNAL' }, 1)).toBe('external')
    expect(keySpecs.filter((keySpec) => tokenRefusal({ keySpec, origin: 'Aliyun_KMS' }, 1) === 'type')).toEqual(['Aliyun_SM4', 'EC_SM2', 'HMAC_SM3'])
  })

  it('names its token, falls back to the vault when its type cannot be there, and is never exportable', () => {
    const draft = draftOf({ keySpec: 'EC_P256', keyUsage: 'SIGN/VERIFY', protectionLevel: 'HSM', tokenId: 't-1', isExportable: true })
    expect(draftFault({ ...draft, tokenId: '' }, true)).toBe('noToken')
    expect(requestOf(settled(draft))).toMatchObject({ protectionLevel: 'HSM', dKMSInstanceId: 't-1' })
    expect(requestOf(settled(draft))).not.toHaveProperty('exportable')
    expect(requestOf(settled({ ...draft, keySpec: 'EC_SM2' }))).not.toHaveProperty('dKMSInstanceId')
    expect(settled({ ...draft, keySpec: 'EC_SM2' })).toMatchObject({ protectionLevel: 'SOFTWARE', tokenId: '' })
  })
})

describe('settled', () => {
  it('keeps what is still possible', () => {
    const draft = draftOf({ keySpec: 'RSA_2048', keyUsage: 'ENCRYPT/DECRYPT', alias: 'a', description: 'b', isExportable: true, tags: [{ key: 'k', value: 'v' }] })
    expect(settled(draft)).toEqual(draft)
    const symmetric = draftOf({ keySpec: 'Aliyun_SM4', rotation: { choice: '90', customDays: null } })
    expect(settled(symmetric)).toEqual(symmetric)
  })

  it('drops what a new type rules out', () => {
    const draft = draftOf({ rotation: { choice: '90', customDays: null }, origin: 'EXTERNAL', understandsExternal: true, keySpec: 'Ed25519' })
    expect(settled(draft)).toMatchObject({ keyUsage: 'SIGN/VERIFY', origin: 'Aliyun_KMS', understandsExternal: false, rotation: { choice: 'none' } })
    expect(settled(draftOf({ keySpec: 'HMAC_SHA_256', keyUsage: 'SIGN/VERIFY', isExportable: true }))).toMatchObject({
      keyUsage: 'GENERATE_VERIFY_MAC',
      isExportable: false,
    })
  })

  it('stops the rotation of a key with material from outside', () => {
    expect(settled(draftOf({ origin: 'EXTERNAL', rotation: { choice: '30', customDays: null } })).rotation.choice).toBe('none')
  })

  it('asks again what external material means after the origin was changed back', () => {
    expect(settled(draftOf({ origin: 'Aliyun_KMS', understandsExternal: true })).understandsExternal).toBe(false)
  })

  it('always gives a request that the contract takes', () => {
    for (const keySpec of keySpecs) {
      for (const origin of ['Aliyun_KMS', 'EXTERNAL'] as const) {
        const request = requestOf(settled(draftOf({ keySpec, origin, rotation: { choice: 'custom', customDays: 7 }, isExportable: true })))
        const parsed = operations.createKey.request.parse(request)
        expect(keySpecInfos[keySpec].usages, keySpec).toContain(parsed.keyUsage)
        expect(parsed.enableAutomaticRotation, keySpec).toBe(rotationRefusal({ keySpec, origin: parsed.origin }) === null)
        expect(parsed.exportable, keySpec).toBe(canBeExportable({ keySpec, protectionLevel: 'SOFTWARE' }))
      }
    }
  })
})

describe('draftFault', () => {
  it('lets the usual key through', () => {
    expect(draftFault(emptyKeyDraft(), true)).toBeNull()
  })

  it('names what has to be put right', () => {
    expect(draftFault(draftOf({ rotation: { choice: 'custom', customDays: 6 } }), true)).toBe('daysFault')
    expect(draftFault(emptyKeyDraft(), false)).toBe('tagsFault')
    expect(draftFault(draftOf({ origin: 'EXTERNAL' }), true)).toBe('notUnderstood')
    expect(draftFault(draftOf({ origin: 'EXTERNAL', understandsExternal: true }), true)).toBeNull()
  })
})

describe('requestOf', () => {
  it('says only what was chosen', () => {
    expect(requestOf(emptyKeyDraft())).toEqual({
      keySpec: 'Aliyun_AES_256', keyUsage: 'ENCRYPT/DECRYPT', protectionLevel: 'SOFTWARE', description: '', origin: 'Aliyun_KMS',
    })
  })

  it('carries period and tags as the contract names them', () => {
    const request = requestOf(draftOf({ rotation: { choice: '365', customDays: null }, tags: [{ key: 'team', value: 'billing' }] }))
    expect(request).toMatchObject({ enableAutomaticRotation: true, rotationInterval: '365d', tags: [{ TagKey: 'team', TagValue: 'billing' }] })
  })
})

describe('the rotation period', () => {
  it.each([
    [null, { choice: 'none', customDays: null }],
    [30 * 86_400, { choice: '30', customDays: null }],
    [365 * 86_400, { choice: '365', customDays: null }],
    [45 * 86_400, { choice: 'custom', customDays: 45 }],
  ] as const)('of %s seconds is shown as %j', (seconds, draft) => {
    expect(rotationDraftOf(seconds)).toEqual(draft)
    expect(rotationDays(draft)).toBe(seconds === null ? null : seconds / 86_400)
  })

  it.each([null, 6, 731, 7.5])('refuses %s days', (customDays) => {
    expect(hasRotationFault({ choice: 'custom', customDays })).toBe(true)
    expect(rotationDays({ choice: 'custom', customDays })).toBeNull()
  })

  it.each([7, 730])('takes %s days', (customDays) => {
    expect(hasRotationFault({ choice: 'custom', customDays })).toBe(false)
    expect(rotationDays({ choice: 'custom', customDays })).toBe(customDays)
  })
})
