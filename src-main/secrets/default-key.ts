import type { Caller } from '../../src-shared/model/caller'
import { defaultSecretsAlias } from '../../src-shared/model/alias'
import { addKey, newVersion } from '../keystore/new-key'
import type { SecretSession } from './secret-session'

const keySpec = 'Aliyun_AES_256'
const description = 'Encrypts the secrets for which no key was chosen.'
const protection = 'Secrets are encrypted with this key.'

/**
 * The id of the key under which a secret's values are sealed: the one that is named, or the default key of secrets, which
 * is made when it is first needed, protected against deletion. To be called in the queue of changes. KEY_NOT_FOUND,
 * ALIAS_NOT_FOUND, VAULT_WRITE_FAILED.
 */
export async function masterKeyOf({ keys }: SecretSession, caller: Caller, reference: string | undefined): Promise<string> {
  if (reference !== undefined) return keys.resolve(reference).keyId
  const known = keys.index.byAlias(defaultSecretsAlias)
  if (known) return known.keyId
  const version = newVersion(keySpec)
  const material = await keys.provider.generate(version, null)
  try {
    const key = { keySpec, keyUsage: 'ENCRYPT/DECRYPT', origin: 'Aliyun_KMS', description, aliases: [defaultSecretsAlias], deletionProtection: { isOn: true, description: protection }, version } as const
    return (await addKey(keys, { ...caller, operation: 'createKey' }, key, material)).keyId
  } finally {
    await material.destroy()
  }
}
