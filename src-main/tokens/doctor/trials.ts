import { createHash, createPublicKey, verify } from 'node:crypto'
import type { TrialFamily } from '../../../src-shared/model/token-work'
import { equalBytes } from '../../crypto/bytes'
import { verifyEcdsa, type EcdsaCurve } from '../../crypto/ecdsa'
import { verifyEd25519 } from '../../crypto/ed25519'
import { unpadOaep } from '../../crypto/oaep'
import { randomBytesOf } from '../../crypto/random'
import { rsaOaepEncrypt, type OaepHash } from '../../crypto/rsa'
import { verifyRsaPkcs1, verifyRsaPss } from '../../crypto/rsa-signature'
import type { MechanismUse, MechanismView, ObjectView } from '../host/calls'
import { refOf, spkiOf } from '../object-view'
import { cka, ckk, ckm, cko, ecParams, mechanismFlags } from '../pkcs11'
import { temporaryName } from '../temporary-name'
import { offers } from '../work/chosen-key'
import { oaepUseOf } from '../work/oaep-work'
import { derSignature, signInput, signPlan } from '../work/sign-plans'
import { wrapUse } from '../work/wrapping'
import { none, type Bench } from './bench'

/** One thing that a token is tried with. */
export interface Trial {
  family: TrialFamily
  /** A mechanism and what it is listed for; null needs none. Any of them will do. */
  needs: readonly (readonly [mechanism: number, use: keyof typeof mechanismFlags])[] | null
  /** Whether what the token answers is right, as far as possible by what this program works out itself. */
  run(bench: Bench, mechanisms: readonly MechanismView[]): Promise<boolean>
}

const sample = () => randomBytesOf(48)
const spki = (view: ObjectView) => spkiOf(view) ?? new Uint8Array()

function aesTrial(family: TrialFamily, mechanism: number, parameters: () => MechanismUse['parameters']): Trial {
  return {
    family,
    needs: [[mechanism, 'encrypt']],
    async run(bench) {
      const [key, data, use] = [await bench.aes(), sample(), { mechanism, parameters: parameters() }]
      return equalBytes(await bench.use('decrypt', key, use, await bench.use('encrypt', key, use, data)), data)
    },
  }
}

const unwrapped = () => [
  { type: cka.class, value: cko.secretKey },
  { type: cka.keyType, value: ckk.aes },
  ...temporaryName(),
  { type: cka.encrypt, value: true },
]

function wrapTrial(family: TrialFamily, algorithm: 'AES_KEY_WRAP' | 'AES_KEY_WRAP_PAD', numbers: readonly number[]): Trial {
  return {
    family,
    needs: numbers.map((number) => [number, 'wrap'] as const),
    async run(bench, mechanisms) {
      const [wrap, unwrap] = [wrapUse(algorithm, mechanisms, 'wrap'), wrapUse(algorithm, mechanisms, 'unwrap')]
      if (!wrap || !unwrap) return false
      const [by, key] = [await bench.aes(), await bench.aes('wrapped')]
      const wrapped = await bench.tokens.call(bench.tokenId, 'wrapKey', { ...wrap, wrappingKey: refOf(by), key: refOf(key) })
      const back = await bench.tokens.call(bench.tokenId, 'unwrapKey', { ...unwrap, unwrappingKey: refOf(by), wrapped, template: unwrapped() })
      bench.keep(back)
      // The same key makes the same of a block.
      const use = { mechanism: ckm.aesEcb, parameters: none }
      const block = randomBytesOf(16)
      return equalBytes(await bench.use('encrypt', back, use, block), await bench.use('encrypt', key, use, block))
    },
  }
}

function signTrial(family: TrialFamily, algorithm: 'RSA_PKCS1_SHA_256' | 'RSA_PSS_SHA_256', isRight: typeof verifyRsaPkcs1): Trial {
  const mechanism = algorithm === 'RSA_PKCS1_SHA_256' ? [ckm.rsaPkcs, ckm.sha256RsaPkcs] : [ckm.rsaPkcsPss, ckm.sha256RsaPkcsPss]
  return {
    family,
    needs: mechanism.map((number) => [number, 'sign'] as const),
    async run(bench, mechanisms) {
      const [{ publicKey, privateKey }, message, plan] = [await bench.rsa(), sample(), signPlan(algorithm, mechanisms, 'sign', 'RAW')]
      const signature = plan && (await bench.use('sign', privateKey, plan.use, signInput(algorithm, plan, '', message, 'RAW')))
      return signature !== null && isRight(spki(publicKey), createHash('sha256').update(message).digest(), signature)
    },
  }
}

function oaepTrial(family: TrialFamily, algorithm: 'RSA_OAEP_SHA_1' | 'RSA_OAEP_SHA_256', hash: OaepHash): Trial {
  return {
    family,
    needs: [[ckm.rsaPkcsOaep, 'decrypt']],
    async run(bench) {
      const [{ publicKey, privateKey }, data] = [await bench.rsa(), sample()]
      return equalBytes(await bench.use('decrypt', privateKey, oaepUseOf(algorithm), rsaOaepEncrypt(spki(publicKey), data, hash)), data)
    },
  }
}

/** P-521 is verified by the runtime, which hashes by itself; it does not know all of the others. */
function ecdsaTrial(family: TrialFamily, parameters: string, curve: EcdsaCurve | 'P-521'): Trial {
  return {
    family,
    needs: [[ckm.ecdsa, 'sign']],
    async run(bench) {
      const [{ publicKey, privateKey }, message] = [await bench.curve(ckm.ecKeyPairGen, parameters), sample()]
      const digest = createHash('sha256').update(message).digest()
      const signature = await bench.use('sign', privateKey, { mechanism: ckm.ecdsa, parameters: none }, digest)
      if (curve !== 'P-521') return verifyEcdsa(curve, spki(publicKey), digest, derSignature(signature))
      const key = createPublicKey({ key: Buffer.from(spki(publicKey)), format: 'der', type: 'spki' })
      return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
    },
  }
}

export const trials: readonly Trial[] = [
  {
    family: 'random',
    needs: null,
    async run({ tokens, tokenId }) {
      const [first, second] = [await tokens.call(tokenId, 'random', { length: 32 }), await tokens.call(tokenId, 'random', { length: 32 })]
      return first.length === 32 && !equalBytes(first, second)
    },
  },
  {
    family: 'digest-sha256',
    needs: [[ckm.sha256, 'digest']],
    async run({ tokens, tokenId }) {
      const data = sample()
      return equalBytes(await tokens.call(tokenId, 'digest', { mechanism: ckm.sha256, parameters: none, data }), createHash('sha256').update(data).digest())
    },
  },
  aesTrial('aes-gcm', ckm.aesGcm, () => ({ kind: 'gcm', iv: randomBytesOf(12), associatedData: Uint8Array.of(1, 2, 3), tagBits: 128 })),
  aesTrial('aes-cbc-pad', ckm.aesCbcPad, () => ({ kind: 'bytes', bytes: randomBytesOf(16) })),
  aesTrial('aes-ctr', ckm.aesCtr, () => ({ kind: 'ctr', counterBlock: randomBytesOf(16) })),
  wrapTrial('aes-key-wrap', 'AES_KEY_WRAP', [ckm.aesKeyWrap]),
  wrapTrial('aes-key-wrap-pad', 'AES_KEY_WRAP_PAD', [ckm.aesKeyWrapKwp, ckm.aesKeyWrapPad]),
  signTrial('rsa-pkcs1', 'RSA_PKCS1_SHA_256', verifyRsaPkcs1),
  signTrial('rsa-pss', 'RSA_PSS_SHA_256', verifyRsaPss),
  oaepTrial('rsa-oaep-sha256', 'RSA_OAEP_SHA_256', 'sha256'),
  oaepTrial('rsa-oaep-sha1', 'RSA_OAEP_SHA_1', 'sha1'),
  {
    family: 'rsa-raw',
    needs: [[ckm.rsaX509, 'decrypt']],
    async run(bench) {
      const [{ publicKey, privateKey }, data] = [await bench.rsa(), sample()]
      const block = await bench.use('decrypt', privateKey, { mechanism: ckm.rsaX509, parameters: none }, rsaOaepEncrypt(spki(publicKey), data, 'sha256'))
      const whole = new Uint8Array(256)
      whole.set(block, Math.max(0, 256 - block.length))
      return equalBytes(unpadOaep(whole, 'sha256') ?? new Uint8Array(), data)
    },
  },
  ecdsaTrial('ecdsa-p256', ecParams.P256, 'P-256'),
  ecdsaTrial('ecdsa-p384', ecParams.P384, 'P-384'),
  ecdsaTrial('ecdsa-p521', ecParams.P521, 'P-521'),
  ecdsaTrial('ecdsa-p256k', ecParams.P256K, 'secp256k1'),
  {
    family: 'ed25519',
    needs: [[ckm.eddsa, 'sign']],
    async run(bench) {
      const [{ publicKey, privateKey }, message] = [await bench.curve(ckm.edwardsKeyPairGen, ecParams.ed25519Name), sample()]
      return verifyEd25519(spki(publicKey), message, await bench.use('sign', privateKey, { mechanism: ckm.eddsa, parameters: none }, message))
    },
  },
  {
    family: 'hmac-sha256',
    needs: [[ckm.sha256Hmac, 'sign']],
    async run(bench) {
      const [key, data, use] = [await bench.generic(), sample(), { mechanism: ckm.sha256Hmac, parameters: none }]
      const signature = await bench.use('sign', key, use, data)
      const { isValid } = await bench.tokens.call(bench.tokenId, 'verify', { ...use, key: refOf(key), contextPin: null, data, signature })
      return isValid && signature.length === 32
    },
  },
]

export function isListed({ needs }: Trial, mechanisms: readonly MechanismView[]): boolean {
  return needs === null || needs.some(([mechanism, use]) => offers(mechanisms, mechanism, use))
}
