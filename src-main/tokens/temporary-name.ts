import { utf8 } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'
import type { Attribute } from './host/calls'
import { cka } from './pkcs11'

/**
 * What an object has that ends with the session: a label that no other has, so that it is not taken for one that got its handle
 * after it had gone.
 */
export function temporaryName(): Attribute[] {
  return [
    { type: cka.token, value: false },
    { type: cka.label, value: utf8(`temporary ${Buffer.from(randomBytesOf(8)).toString('hex')}`) },
  ]
}
