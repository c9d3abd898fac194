import type { ImportLoss } from '../../../src-shared/model/import-problems'
import { secretLimits, type SecretFieldKind } from '../../../src-shared/model/secrets'
import type { ImportedField } from './imported'
import { FreeNames } from './names'
import { bytesOf } from './text-bytes'
import { totpAddressOf, type TotpLabel } from './totp-address'

const lineFeed = 0x0a
const dateText = /^\d{4}-\d{2}-\d{2}$/

/** The fields of an entry while they are found: each with a name of its own, none without a value. */
export class FieldList {
  readonly problems = new Set<ImportLoss>()
  readonly #fields = new Map<string, ImportedField>()
  readonly #names = new FreeNames(secretLimits.fieldNameChars)

  /** Adds a field; nothing when it is empty. */
  add(name: string, kind: SecretFieldKind, value: Uint8Array | string | null | undefined, isSecret: boolean): void {
    const bytes = typeof value === 'string' ? bytesOf(value) : (value ?? new Uint8Array(0))
    if (bytes.length === 0) return
    const own = this.#ownName(name)
    this.#fields.set(own, { name: own, kind: kindOf(kind, bytes), isSecret, value: bytes })
  }

  /** Adds a one-time code, as an address where one can be made of the text. */
  addTotp(text: string | null | undefined, label: TotpLabel, name = 'totp'): void {
    if (typeof text !== 'string' || text.trim() === '') return
    const address = totpAddressOf(text, label)
    if (!address) this.problems.add('a one-time code could not be read; kept as text')
    this.add(name, address ? 'totp' : 'password', address ?? text, true)
  }

  has(name: string): boolean {
    return this.#fields.has(name)
  }

  get all(): readonly ImportedField[] {
    return [...this.#fields.values()]
  }

  /** The fields as they were with an earlier password. The values of the other ones are shared, however many passwords there were. */
  withPassword(password: string): readonly ImportedField[] {
    const value = bytesOf(password)
    const earlier: ImportedField = { name: 'password', kind: kindOf('password', value), isSecret: true, value }
    if (!this.has('password')) return [earlier, ...this.all]
    return this.all.map((field) => (field.name === 'password' ? earlier : field))
  }

  /** The name, cut where it is too long and numbered where it is taken. */
  #ownName(wanted: string): string {
    const own = this.#names.take((wanted.trim() || 'field').slice(0, secretLimits.fieldNameChars))
    if (own !== wanted.trim() && wanted.trim() !== '') this.problems.add('a name of a field was changed')
    return own
  }
}

/** A text of several lines is shown as such; a date that is none is a text. */
function kindOf(kind: SecretFieldKind, value: Uint8Array): SecretFieldKind {
  if (kind === 'date' && !dateText.test(Buffer.from(value).toString('latin1'))) return 'text'
  return (kind === 'text' || kind === 'password') && value.includes(lineFeed) ? 'multiline' : kind
}
