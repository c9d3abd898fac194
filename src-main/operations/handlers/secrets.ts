import type { secretSchemas } from '../../../src-shared/contract/secrets'
import type { tagSchemas } from '../../../src-shared/contract/tags'
import { invalidParameter } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import type { Keystore } from '../../keystore/keystore'
import { secretCoreOperations, type SecretCoreOperationName } from '../../secrets/secret-core-operations'
import { listSecretTags, tagSecret, tagSecrets, tagsOfSecret, untagSecret, untagSecrets } from '../../secrets/secret-tags'
import { secretsUnder } from '../../secrets/secrets-under-key'
import type { SecretRotations } from '../../secrets/rotation/rotations'
import type { Secrets } from '../../secrets/secrets'
import type { Handlers, HandlersOf } from '../handlers'

export interface SecretHandlerOptions {
  keystore: Keystore
  secrets: Secrets
  rotations: Pick<SecretRotations, 'rotate'>
}

const examples = 10

/** The operations of the KMS API on secrets. */
export function secretHandlers({ secrets, rotations }: SecretHandlerOptions): HandlersOf<typeof secretSchemas> {
  const names = Object.keys(secretCoreOperations) as SecretCoreOperationName[]
  const handlerOf = (name: SecretCoreOperationName) => (request: never, caller: Caller) => secrets.run(name, caller, request)
  const core = Object.fromEntries(names.map((name) => [name, handlerOf(name)])) as unknown as Pick<Handlers, SecretCoreOperationName>
  return { ...core, rotateSecret: async (request, caller) => rotations.rotate(secrets.session(), caller, request) }
}

/** The operations on tags, which keys, certificates and secrets have. To stand after those of the keystore, which it asks for all but secrets. */
export function tagHandlers({ keystore, secrets }: SecretHandlerOptions): HandlersOf<typeof tagSchemas> {
  return {
    async tagResource(request, caller) {
      const secretName = secretOf(request)
      return secretName === null ? keystore.run('tagResource', caller, request) : tagSecret(secrets.session(), caller, secretName, request.tags)
    },
    async untagResource(request, caller) {
      const secretName = secretOf(request)
      return secretName === null ? keystore.run('untagResource', caller, request) : untagSecret(secrets.session(), caller, secretName, request.tagKeys)
    },
    async listResourceTags(request, caller) {
      const secretName = secretOf(request)
      return secretName === null ? keystore.run('listResourceTags', caller, request) : tagsOfSecret(secrets.session(), secretName)
    },
    async tagResources(request, caller) {
      return request.resourceType === 'key' ? keystore.run('tagResources', caller, request) : tagSecrets(secrets.session(), caller, request)
    },
    async untagResources(request, caller) {
      return request.resourceType === 'key' ? keystore.run('untagResources', caller, request) : untagSecrets(secrets.session(), caller, request)
    },
    async listTagResources(request, caller) {
      return request.resourceType === 'key' ? keystore.run('listTagResources', caller, request) : listSecretTags(secrets.session(), request)
    },
  }
}

/** What would become unreadable without a key: the secrets under it, and what the keystore knows. */
export function deletionPreviewHandlers({ keystore, secrets }: SecretHandlerOptions): Pick<Handlers, 'previewKeyDeletion'> {
  return {
    async previewKeyDeletion(request, caller) {
      const preview = await keystore.run('previewKeyDeletion', caller, request)
      const names = secretsUnder(secrets.session(), keystore.session().resolve(request.keyId).keyId).map(({ name }) => name)
      // Secrets first, but at least half of the places for files and ciphertexts, where there are as many.
      const room = examples - Math.min(preview.examples.length, examples / 2)
      return { ...preview, secrets: names.length, examples: [...names.slice(0, room), ...preview.examples].slice(0, examples) }
    },
  }
}

/** The secret that a request names; null when it names something else. INVALID_PARAMETER (secretName) when it names two. */
function secretOf({ keyId, secretName, certificateId }: { keyId?: string | undefined; secretName?: string | undefined; certificateId?: string | undefined }): string | null {
  if (secretName !== undefined && (keyId !== undefined || certificateId !== undefined)) {
    throw invalidParameter('secretName', 'exactly one of keyId, secretName and certificateId must be given')
  }
  return secretName ?? null
}
