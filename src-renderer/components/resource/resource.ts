/** A key or a secret, as operations name it. */
export type Resource = { keyId: string } | { secretName: string }

export function nameOf(resource: Resource): string {
  return 'keyId' in resource ? resource.keyId : resource.secretName
}

/** Which texts are about it. */
export function kindOf(resource: Resource): 'key' | 'secret' {
  return 'keyId' in resource ? 'key' : 'secret'
}
