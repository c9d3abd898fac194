import { describe, expect, it } from 'vitest'
import { isPrivateKey, kindIcons, lookOf, nextSteps } from '../../../src-renderer/features/inspector/kinds'
import { inspectedFacts, inspectedKinds } from '../../../src-shared/contract/inspection'

describe('what to do next with something inspected', () => {
  it.each([
    ['encrypted-file', 'k', true, ['decryptFile']],
    ['encrypted-file', 'k', false, []],
    ['encrypted-file', null, false, []],
    ['ciphertext-blob', 'k', true, ['decryptText']],
    ['ciphertext-blob', null, false, []],
    ['certificate', 'k', null, ['uploadCertificate']],
    ['certificate', null, null, []],
    ['certificate-request', 'k', null, ['openKey']],
    ['public-key', null, null, []],
    ['private-key', null, null, ['importKey']],
    ['pkcs12', null, null, ['importKey']],
    ['openssh-private-key', 'k', null, ['openKey']],
    ['keystead-backup', null, null, ['checkBackup']],
    ['import-token', null, null, []],
    ['unknown', null, null, []],
  ] as const)('%s of the key %s, which opens it: %s', (kind, keyId, canOpen, steps) => {
    expect(nextSteps({ kind, keyId, canOpen })).toEqual(steps)
  })

  it('knows every kind and every fact', () => {
    expect(Object.keys(kindIcons).toSorted()).toEqual([...inspectedKinds].toSorted())
    expect(inspectedKinds.filter(isPrivateKey)).toEqual(['private-key', 'encrypted-private-key', 'openssh-private-key', 'pkcs12'])
    expect(inspectedFacts.filter((name) => lookOf(name) !== 'text')).toEqual(['keySpec', 'serial', 'notBefore', 'notAfter', 'fingerprint', 'keyFingerprint', 'isAuthority', 'plaintextBytes', 'expires'])
  })
})
