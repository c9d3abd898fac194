import { computed, ref, watch } from 'vue'
import { isSymmetric, keySpecInfos } from '../../../../src-shared/model/key-specs'
import type { EncryptionAlgorithm, SignatureAlgorithm } from '../../../../src-shared/model/keys'
import type { KeyDetails } from '../page/use-key-details'

/**
 * The key of an act. Ciphertexts of a symmetric one are blobs that name it; calls of an asymmetric one name the version and the
 * algorithm: the newest and the preferred one first.
 */
export function useUsedKey(details: () => KeyDetails) {
  const metadata = computed(() => details().keyMetadata)
  const info = computed(() => keySpecInfos[metadata.value.keySpec])
  const encryptions = computed(() => info.value.encryption.map(({ algorithm }) => algorithm))
  const signatures = computed(() => info.value.signatures)
  const encryption = ref<EncryptionAlgorithm | null>(encryptions.value[0] ?? null)
  const signature = ref<SignatureAlgorithm | null>(signatures.value[0] ?? null)
  const newest = () => details().versions.at(-1)?.keyVersionId ?? ''
  const versionId = ref(newest())
  watch(
    () => details().versions,
    (versions) => {
      if (!versions.some(({ keyVersionId }) => keyVersionId === versionId.value)) versionId.value = newest()
    },
  )
  return {
    keyId: computed(() => metadata.value.keyId),
    keySpec: computed(() => metadata.value.keySpec),
    isBlob: computed(() => isSymmetric(metadata.value.keySpec)),
    versions: computed(() => details().versions),
    encryptions,
    signatures,
    encryption,
    signature,
    versionId,
  }
}
