import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import { isOfOtherVault, ownUse, vaultUseText } from '../../../src-renderer/features/tokens/vault-use'
import { en } from '../../../src-renderer/i18n/en'
import { errorText } from '../../../src-renderer/i18n/error-text'
import type { VaultUse } from '../../../src-shared/contract/tokens'
import { KmsError } from '../../../src-shared/errors'
import { vaultUseKinds } from '../../../src-shared/model/tokens'

const keyId = `key-${'a'.repeat(24)}`
const master: VaultUse = { kind: 'master-key', keyId, aliasName: 'alias/backup' }
const slot: VaultUse = { kind: 'unlock-slot', keyId: null, aliasName: null }
const foreign: VaultUse = { kind: 'other-vault', keyId, aliasName: null }
const { t } = createI18n({ legacy: false, locale: 'en', messages: { en } }).global

describe('what a vault needs an object for', () => {
  it('is said in words, a master key by its name or its id', () => {
    expect([master, { ...master, aliasName: null }, slot, foreign].map((use) => vaultUseText(t, use))).toEqual([
      'Master key “alias/backup”',
      `Master key “${keyId}”`,
      'Opens this vault',
      'Made by a Keystead vault that is not open',
    ])
  })

  it('keeps it as it is where that vault is the open one, and warns otherwise', () => {
    expect([[], [foreign], [slot], [master, slot]].map((vaultUses) => ownUse({ vaultUses })?.kind ?? null)).toEqual([null, null, 'unlock-slot', 'master-key'])
    expect([[], [foreign], [slot]].map((vaultUses) => isOfOtherVault({ vaultUses }))).toEqual([false, true, false])
  })

  it('has a refusal of its own each, which says what to do instead', () => {
    const refusals = vaultUseKinds.map((vaultUse) => errorText(t, new KmsError('TOKEN_OBJECT_IN_USE', '', { vaultUse })))
    expect(new Set(refusals).size).toBe(vaultUseKinds.length)
    for (const text of refusals) expect(text).toMatch(/[A-Z].{20,}\.$/)
    expect(refusals).not.toContain(en.errors.TOKEN_OBJECT_IN_USE)
  })
})
