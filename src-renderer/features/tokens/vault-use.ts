import type { TokenObject, VaultUse } from '../../../src-shared/contract/tokens'

type Translate = (key: string, named: Record<string, unknown>) => string

/** What a vault needs an object for, in words. */
export function vaultUseText(t: Translate, { kind, keyId, aliasName }: VaultUse): string {
  return t(`tokenPage.vaultUse.is.${kind}`, { name: aliasName ?? keyId ?? '' })
}

/** What the open vault needs an object for first of all: then it is neither changed nor deleted here. */
export function ownUse({ vaultUses }: Pick<TokenObject, 'vaultUses'>): VaultUse | null {
  return vaultUses.find(({ kind }) => kind !== 'other-vault') ?? null
}

/** Whether a vault that is not open has made an object. */
export function isOfOtherVault({ vaultUses }: Pick<TokenObject, 'vaultUses'>): boolean {
  return vaultUses.some(({ kind }) => kind === 'other-vault')
}
