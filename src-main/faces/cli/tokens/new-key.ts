import { tokenKeyUses, type TokenKeySpec, type TokenKeyUse } from '../../../../src-shared/model/tokens'
import { choiceOf, textOf, UsageError, type Options, type Values } from '../argument-values'
import { flag, hexOf, listOf, text } from './token-options'

export const keyTypes = ['AES', 'RSA', 'EC', 'ED25519', 'GENERIC'] as const
export type KeyType = (typeof keyTypes)[number]
const curves = ['P-256', 'P-384', 'P-521', 'secp256k1'] as const

/** What a key that comes onto a token shall be called and may do. */
export interface NewKey {
  label: string
  idHex?: string
  uses: TokenKeyUse[]
  isSensitive: boolean
  isExtractable: boolean
  asksEachTime: boolean
}

export const specOptions: Options = { type: text, size: text, curve: text }
export const newKeyOptions: Options = { label: text, id: text, use: text, extractable: flag, 'not-sensitive': flag, 'ask-each-time': flag }

/** `--label` is needed; `uses` are those of a key for which `--use` says nothing. */
export function newKeyOf(command: string, values: Values, uses: readonly TokenKeyUse[]): NewKey {
  const [label, idHex] = [textOf(values['label']), hexOf('id', values['id'])]
  if (label === null) throw new UsageError(`${command} needs --label LABEL`)
  return {
    label,
    ...(idHex !== null && { idHex }),
    uses: listOf('use', values['use'], tokenKeyUses) ?? [...uses],
    isSensitive: values['not-sensitive'] !== true,
    isExtractable: values['extractable'] === true,
    asksEachTime: values['ask-each-time'] === true,
  }
}

export const usualUses: Readonly<Record<KeyType, readonly TokenKeyUse[]>> = {
  AES: ['encrypt', 'decrypt'],
  RSA: ['sign', 'verify'],
  EC: ['sign', 'verify'],
  ED25519: ['sign', 'verify'],
  GENERIC: ['sign', 'verify'],
}

/** Sizes in bits; kinds without sizes have none. */
const sizes: Readonly<Record<KeyType, Readonly<Record<string, TokenKeySpec>>>> = {
  AES: { '256': 'AES_256', '192': 'AES_192', '128': 'AES_128' },
  RSA: { '3072': 'RSA_3072', '2048': 'RSA_2048', '4096': 'RSA_4096' },
  EC: {},
  ED25519: {},
  GENERIC: { '256': 'GENERIC_256', '384': 'GENERIC_384', '512': 'GENERIC_512' },
}

const curveSpecs: Readonly<Record<(typeof curves)[number], TokenKeySpec>> = { 'P-256': 'EC_P256', 'P-384': 'EC_P384', 'P-521': 'EC_P521', secp256k1: 'EC_P256K' }

export function keyTypeOf(command: string, values: Values): KeyType {
  const type = choiceOf('type', values['type'], keyTypes)
  if (type === null) throw new UsageError(`${command} needs --type, one of ${keyTypes.join(', ')}`)
  return type
}

export function keySpecOf(type: KeyType, values: Values): TokenKeySpec {
  const [size, curve] = [textOf(values['size']), choiceOf('curve', values['curve'], curves)]
  if (curve !== null && type !== 'EC') throw new UsageError('--curve goes with --type EC')
  if (type === 'EC' || type === 'ED25519') {
    if (size !== null) throw new UsageError(`--size does not go with --type ${type}${type === 'EC' ? '; give --curve' : ''}`)
    return type === 'ED25519' ? 'ED25519' : curveSpecs[curve ?? 'P-256']
  }
  const known = Object.keys(sizes[type])
  const spec = sizes[type][size ?? (type === 'RSA' ? '3072' : '256')]
  if (spec === undefined) throw new UsageError(`--size of ${type} is one of ${known.join(', ')}`)
  return spec
}
