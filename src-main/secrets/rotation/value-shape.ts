import { KmsError } from '../../../src-shared/errors'
import type { RotationTargetKind } from '../../../src-shared/model/secrets'
import { subTypeOf } from '../extended-config'
import type { SecretRecord } from '../secret-record'

/** Which parts of a value a rotation reads and renews. Names are those of fields of the value. */
export type ValueShape =
  | { readonly kind: 'password'; readonly account: string | null; /** Null: the whole value is the password. */ readonly password: string | null }
  | { readonly kind: 'key-pair'; readonly account: string; readonly privateKey: string; readonly publicKey: string; readonly passphrase: string | null; readonly algorithm: 'RSA-2048' | 'Ed25519' }
  | { readonly kind: 'access-key' }

const targetKinds: Readonly<Record<ValueShape['kind'], readonly RotationTargetKind[]>> = {
  password: ['postgresql', 'mysql', 'redis', 'command'],
  'key-pair': ['ssh', 'command'],
  'access-key': ['command'],
}

type Shaped = Pick<SecretRecord, 'secretType' | 'extendedConfig' | 'template' | 'fields' | 'name'>

/** The shape of a secret's value. UNSUPPORTED_OPERATION for a value that nothing can renew. */
export function shapeOf(record: Shaped): ValueShape {
  const shape = record.secretType === 'Generic' ? genericShape(record) : managedShape(record)
  if (!shape) throw new KmsError('UNSUPPORTED_OPERATION', 'The value of the specified secret has no password or key that could be rotated.', { secretName: record.name })
  return shape
}

/** The kinds of target at which a secret of this shape can be rotated. An account is needed to log in to a database. */
export function targetKindsOf(shape: ValueShape): readonly RotationTargetKind[] {
  if (shape.kind === 'password' && shape.account === null) return ['redis', 'command']
  return targetKinds[shape.kind]
}

function managedShape({ secretType, extendedConfig }: Shaped): ValueShape {
  if (secretType === 'Rds') return { kind: 'password', account: 'AccountName', password: 'AccountPassword' }
  if (secretType === 'RAMCredentials') return { kind: 'access-key' }
  if (subTypeOf(extendedConfig) === 'SSHKey') return { kind: 'key-pair', account: 'UserName', privateKey: 'PrivateKey', publicKey: 'PublicKey', passphrase: null, algorithm: 'RSA-2048' }
  return { kind: 'password', account: 'UserName', password: 'Password' }
}

function genericShape({ template, fields }: Shaped): ValueShape | null {
  if (fields === null) return template === null ? { kind: 'password', account: null, password: null } : null
  const has = (name: string) => fields.some((field) => field.name === name)
  if (has('private_key') && template !== 'certificate') {
    return { kind: 'key-pair', account: 'username', privateKey: 'private_key', publicKey: 'public_key', passphrase: has('passphrase') ? 'passphrase' : null, algorithm: 'Ed25519' }
  }
  if (has('password')) return { kind: 'password', account: has('username') ? 'username' : null, password: 'password' }
  return template === 'api-key' && has('key') ? { kind: 'password', account: has('key_id') ? 'key_id' : null, password: 'key' } : null
}
