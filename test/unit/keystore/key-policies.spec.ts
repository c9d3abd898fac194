import { describe, expect, it } from 'vitest'
import { defaultKeyPolicy } from '../../../src-shared/model/key-policy'
import { operations } from '../../../src-shared/contract/operations'
import { callerOf, codeOf, openKeystore } from '../../support/keystore-fixture'

const policy = ' {"Version": "1", "Statement": [{"Effect":"Deny","Principal":{"RAM":"*"},"Action":"kms:Decrypt","Resource":"*"}]}\n'

describe('key policies', () => {
  it('begin with the default one of the vault', async () => {
    const { ask, newKey, records } = await openKeystore()
    expect((await ask('getKeyPolicy', { keyId: (await newKey()).keyId })).policy).toBe(defaultKeyPolicy(records.vaultId))
  })

  it('are kept as they were sent', async () => {
    const { ask, newKey, relock, records } = await openKeystore()
    const { keyId } = await newKey()
    await ask('setKeyPolicy', { keyId, policy, policyName: 'default' })
    expect(records.audit.at(-1)).toEqual({ caller: callerOf('setKeyPolicy'), resource: keyId, code: null })
    await relock()
    expect((await ask('getKeyPolicy', { keyId, policyName: 'default' })).policy).toBe(policy)
  })

  it('are checked before they are kept', async () => {
    const { ask, newKey } = await openKeystore()
    const { keyId } = await newKey()
    const refusal = await ask('setKeyPolicy', { keyId, policy: '{"Version":"1"}' }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'INVALID_PARAMETER', details: { fields: [{ field: 'policy' }] } })
    expect(await codeOf(ask('setKeyPolicy', { keyId: 'key-unknownunknownunknown', policy }))).toBe('KEY_NOT_FOUND')
  })

  it('have one name', () => {
    expect(operations.getKeyPolicy.request.safeParse({ keyId: 'k', policyName: 'other' }).success).toBe(false)
  })
})
