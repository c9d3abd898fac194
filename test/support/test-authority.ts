import { id_ce_basicConstraints, BasicConstraints, Validity, type Name } from '@peculiar/asn1-x509'
import { bits, explicit, oid, sequence, smallInteger, writeDer, type DerNode } from '../../src-main/crypto/key-formats/der'
import { buildSelfSigned } from '../../src-main/crypto/x509/build-certificate'
import { derOf, extensionOf, extensionsDer } from '../../src-main/crypto/x509/extensions'
import { algorithmIdentifier, certificateAlgorithms } from '../../src-main/crypto/x509/signature-algorithms'
import { parseSubject } from '../../src-main/crypto/x509/subject'
import type { AsymmetricKeySpec } from '../../src-shared/model/keys'
import { newKey, valueOrThrow, type TestKey } from '../unit/crypto/x509/support'

const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2046-01-01T00:00:00Z') }

export const nameOf = (text: string): Name => valueOrThrow(parseSubject(text))

/** Who signs, in whichever way. */
export interface Signer {
  name: Name
  /** AlgorithmIdentifier. */
  algorithm: DerNode | Uint8Array
  sign: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>
}

/** What is signed; `innerAlgorithm` when it shall not name the algorithm that it is signed with. */
export interface Subject {
  name: Name
  publicKey: Uint8Array
  isCa?: boolean
  innerAlgorithm?: DerNode
}

/** A certificate (DER) that the signer issues. */
export async function issue(signer: Signer, { name, publicKey, isCa = false, innerAlgorithm }: Subject): Promise<Uint8Array> {
  const extensions = extensionsDer([extensionOf(id_ce_basicConstraints, true, new BasicConstraints({ cA: isCa }))])
  const names = [derOf(signer.name), derOf(new Validity(validity)), derOf(name)]
  const tbs = writeDer(sequence(explicit(0, smallInteger(2)), smallInteger(77), innerAlgorithm ?? signer.algorithm, ...names, publicKey, explicit(3, extensions)))
  return writeDer(sequence(tbs, signer.algorithm, bits(await signer.sign(tbs))))
}

/** A certificate authority with a certificate of its own (DER). */
export interface Authority extends Signer {
  key: TestKey
  certificate: Uint8Array
}

export async function newAuthority(keySpec: AsymmetricKeySpec, subject: string, issuer?: Signer): Promise<Authority> {
  const key = await newKey(keySpec)
  const name = nameOf(subject)
  const [algorithm] = certificateAlgorithms[keySpec]
  const own = { subject: name, alternativeNames: null, publicKey: key.publicKey, algorithm, sign: key.sign, ...validity, keyUsages: ['keyCertSign'], isCa: true } as const
  const certificate = await (issuer ? issue(issuer, { name, publicKey: key.publicKey, isCa: true }) : buildSelfSigned(own))
  return { name, algorithm: algorithmIdentifier(algorithm, key.publicKey), sign: (bytes) => key.sign(algorithm, bytes), key, certificate }
}

export const algorithmOf = (dotted: string, ...parameters: DerNode[]): DerNode => sequence(oid(dotted), ...parameters)
