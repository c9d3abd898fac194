import { invalidParameter } from '../../src-shared/errors'
import { copyBytes, equalBytes, utf8 } from '../crypto/bytes'
import { isoSeconds } from '../keystore/key-metadata'
import type { SecretType } from '../../src-shared/model/secrets'
import { readObjectList, readStringObject, writeStringObject, zeroMembers, type JsonMember } from './json-bytes'

const formats = {
  account: 'must be {"Accounts":[{"AccountName":"...","AccountPassword":"..."}]}',
  twoAccounts: 'must be {"Accounts":[...]} with two accounts of different names, the current one first',
  accessKey: 'must be {"AccessKeys":[{"AccessKeyId":"...","AccessKeySecret":"..."}]} with one key',
  password: 'must be {"UserName":"...","Password":"..."}',
  keyPair: 'must be {"UserName":"...","PublicKey":"...","PrivateKey":"..."}',
} as const

/**
 * The values of a new secret as they are kept and served (kms-api 1.10), the current one first, then the previous one of
 * an Rds secret with two users; in memory of their own, for the caller to zero. Read and written as bytes. `data` stays the
 * caller's. INVALID_PARAMETER (secretData).
 */
export function storedValues(secretType: SecretType, subType: string, data: Uint8Array, nowMs: number): Uint8Array[] {
  if (secretType === 'Rds') return accounts(data, subType === 'DoubleUsers')
  if (secretType === 'RAMCredentials') return [accessKey(data, nowMs)]
  if (secretType === 'ECS') return [login(data, subType === 'SSHKey')]
  return [copyBytes(data)]
}

function accounts(data: Uint8Array, areTwo: boolean): Uint8Array[] {
  const problem = areTwo ? formats.twoAccounts : formats.account
  const found = readObjectList(data, 'Accounts')
  try {
    const wanted = found?.map((members) => inOrder(members, ['AccountName', 'AccountPassword'])) ?? []
    const [first, second] = wanted.map((members) => members?.[0]?.value)
    const isFitting = wanted.length === (areTwo ? 2 : 1) && wanted.every((members) => members !== null)
    if (!isFitting || (areTwo && first && second && equalBytes(first, second))) throw invalid(problem)
    return wanted.flatMap((members) => (members ? [writeStringObject(members)] : []))
  } finally {
    found?.forEach(zeroMembers)
  }
}

function accessKey(data: Uint8Array, nowMs: number): Uint8Array {
  const found = readObjectList(data, 'AccessKeys')
  try {
    const [members] = found ?? []
    const wanted = members && found?.length === 1 ? inOrder(members, ['AccessKeyId', 'AccessKeySecret']) : null
    if (!wanted) throw invalid(formats.accessKey)
    return writeStringObject([...wanted, { name: 'GenerateTimestamp', value: utf8(isoSeconds(nowMs)) }])
  } finally {
    found?.forEach(zeroMembers)
  }
}

function login(data: Uint8Array, isKeyPair: boolean): Uint8Array {
  const members = readStringObject(data)
  try {
    const wanted = members && inOrder(members, isKeyPair ? ['UserName', 'PublicKey', 'PrivateKey'] : ['UserName', 'Password'])
    if (!wanted) throw invalid(isKeyPair ? formats.keyPair : formats.password)
    return writeStringObject(wanted)
  } finally {
    zeroMembers(members)
  }
}

/** The members in the order of `names`; null unless they are exactly these, none of them empty. */
function inOrder(members: readonly JsonMember[], names: readonly string[]): JsonMember[] | null {
  const wanted = names.flatMap((name) => members.filter((member) => member.name === name && member.value.length > 0))
  return wanted.length === names.length && members.length === names.length ? wanted : null
}

function invalid(problem: string) {
  return invalidParameter('secretData', problem)
}
