import type { Caller } from '../../../src-shared/model/caller'
import type { Keystore } from '../../keystore/keystore'
import { keystoreOperations, type KeystoreOperationName } from '../../keystore/keystore-operations'
import type { Handlers } from '../handlers'

/** The operations that the keystore carries out alone. */
export function keystoreHandlers(keystore: Keystore): Pick<Handlers, KeystoreOperationName> {
  const names = Object.keys(keystoreOperations) as KeystoreOperationName[]
  const handlerOf = (name: KeystoreOperationName) => (request: never, caller: Caller) => keystore.run(name, caller, request)
  return Object.fromEntries(names.map((name) => [name, handlerOf(name)])) as unknown as Pick<Handlers, KeystoreOperationName>
}
