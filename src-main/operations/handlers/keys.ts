import type { keySchemas } from '../../../src-shared/contract/keys'
import type { Keystore } from '../../keystore/keystore'
import type { HandlersOf } from '../handlers'

/** Keys, aliases and cryptographic use. */
export function keyHandlers(keystore: Keystore): HandlersOf<typeof keySchemas> {
  return {
    createKey: (request, caller) => keystore.createKey(caller, request),
    describeKey: async (request) => keystore.describeKey(request),
    listKeys: async (request) => keystore.listKeys(request),
    updateKeyDescription: (request, caller) => keystore.updateKeyDescription(caller, request),
    createAlias: (request, caller) => keystore.createAlias(caller, request),
    listAliases: async (request) => keystore.listAliases(request),
    encrypt: (request, caller) => keystore.encrypt(caller, request),
    decrypt: (request, caller) => keystore.decrypt(caller, request),
    generateDataKey: (request, caller) => keystore.generateDataKey(caller, request),
    searchKeys: async (request) => keystore.searchKeys(request),
  }
}
