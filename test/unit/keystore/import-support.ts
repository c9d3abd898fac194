import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { sm2Encrypt } from '../../../src-main/crypto/sm2'
import type { RequestInput } from '../../../src-shared/contract/operations'
import type { ImportWrappingAlgorithm, SymmetricKeySpec } from '../../../src-shared/model/keys'
import { openKeystore } from '../../support/keystore-fixture'
import { MemoryRecords } from '../../support/memory-records'

type Algorithm = Exclude<ImportWrappingAlgorithm, 'RSAES_PKCS1_V1_5'>

export const specOf = (algorithm: ImportWrappingAlgorithm) => (algorithm === 'SM2PKE' ? 'EC_SM2' : 'RSA_2048')
export const text = (value: string) => new TextEncoder().encode(value)
export const own = (bytes: Uint8Array) => Uint8Array.from(bytes)
export const some = (length: number) => own(randomBytes(length))

/** Wraps as another program would. */
function wrap(publicKey: Uint8Array, algorithm: Algorithm, material: Uint8Array): Uint8Array {
  if (algorithm === 'SM2PKE') return sm2Encrypt(publicKey, material)
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
  const oaepHash = algorithm === 'RSAES_OAEP_SHA_1' ? 'sha1' : 'sha256'
  return own(publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, material))
}

/** A keystore with a key that waits for its material, and what the import wizard does. */
export async function openWithKey(keySpec: SymmetricKeySpec = 'Aliyun_AES_256', records = new MemoryRecords()) {
  const opened = await openKeystore(records)
  const { ask, newKey } = opened
  const { keyId } = await newKey({ origin: 'EXTERNAL', keySpec })
  const parameters = (algorithm: ImportWrappingAlgorithm = 'SM2PKE', of = keyId) =>
    ask('getParametersForImport', { keyId: of, wrappingAlgorithm: algorithm, wrappingKeySpec: specOf(algorithm) })
  /** A request as the wizard makes it, with parameters of its own. */
  const wrapped = async (material: Uint8Array, algorithm: Algorithm = 'SM2PKE', of = keyId) => {
    const { importToken, publicKey } = await parameters(algorithm, of)
    return { keyId: of, importToken, encryptedKeyMaterial: wrap(publicKey, algorithm, material) }
  }
  const load = async (material: Uint8Array, more: Partial<RequestInput<'importKeyMaterial'>> = {}) => ask('importKeyMaterial', { ...(await wrapped(material)), ...more })
  const describeIt = async () => (await ask('describeKey', { keyId })).keyMetadata
  return { ...opened, keyId, parameters, wrapped, load, describeIt }
}
