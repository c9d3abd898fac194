/** A change that the writer makes. */
export type Mutation =
  | { kind: 'create'; description: string; keyId?: string }
  | { kind: 'describe'; keyId: string; description: string }
  | { kind: 'alias'; keyId: string; aliasName: string }

export interface ModelKey {
  description: string
  aliases: string[]
}

/** Keys by id. */
export type VaultState = ReadonlyMap<string, ModelKey>

/** One line per key, without its id, so that states can be compared as sorted text. */
export function fingerprint(state: VaultState): string[] {
  return [...state.values()].map(({ description, aliases }) => `${description} | ${[...aliases].sort().join(' ')}`).sort()
}

/** The state after `mutation`; a key whose creation was not acknowledged gets a stand-in id. */
export function applied(state: VaultState, mutation: Mutation): VaultState {
  const next = new Map([...state].map(([id, key]) => [id, { ...key, aliases: [...key.aliases] }]))
  if (mutation.kind === 'create') {
    next.set(mutation.keyId ?? `new ${mutation.description}`, { description: mutation.description, aliases: [] })
    return next
  }
  const key = next.get(mutation.keyId)
  if (!key) throw new Error('the writer changed a key that the model does not know')
  if (mutation.kind === 'describe') key.description = mutation.description
  else key.aliases.push(mutation.aliasName)
  return next
}
