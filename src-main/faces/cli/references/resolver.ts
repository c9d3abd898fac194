import { isKmsError, KmsError } from '../../../../src-shared/errors'
import type { SecretDataType } from '../../../../src-shared/model/secrets'
import type { CliSession } from '../session'
import { copyBytes } from './own-bytes'
import { parseReference, type ReferenceMeaning, type SecretReference } from './reference'

export interface ResolvedValue extends ReferenceMeaning {
  /** Lent: destroy() of the resolver zeroes it. */
  value: Uint8Array
  dataType: SecretDataType
}

/** Finds the values of references in the open vault, each once. */
export class ReferenceResolver {
  readonly #session: CliSession
  readonly #resolved = new Map<string, ResolvedValue>()

  constructor(session: CliSession) {
    this.#session = session
  }

  /**
   * The value of a reference. INVALID_PARAMETER for what is no reference, SECRET_NOT_FOUND, SECRET_VERSION_NOT_FOUND,
   * SECRET_FIELD_NOT_FOUND, SECRET_IN_DELETE_WINDOW and the codes of the secret's key.
   */
  async resolve(reference: string): Promise<ResolvedValue> {
    const known = this.#resolved.get(reference)
    if (known) return known
    const parsed = parseReference(reference)
    const resolved = await this.#open(await this.#meant(parsed), parsed)
    this.#resolved.set(reference, resolved)
    return resolved
  }

  /**
   * Everything of the resolved values that output must not show: the values themselves and, of sets of fields, each
   * field that is secret. New memory of the caller's.
   */
  async concealed(): Promise<Uint8Array[]> {
    const values = await Promise.all([...this.#resolved.values()].map((resolved) => this.#concealedOf(resolved)))
    return values.flat()
  }

  /** Zeroes every value. */
  destroy(): void {
    for (const { value } of this.#resolved.values()) value.fill(0)
    this.#resolved.clear()
  }

  async #meant({ meanings }: SecretReference): Promise<ReferenceMeaning> {
    for (const meaning of meanings) if (await this.#exists(meaning.secretName)) return meaning
    throw new KmsError('SECRET_NOT_FOUND', 'There is no secret of this name.')
  }

  async #exists(secretName: string): Promise<boolean> {
    try {
      await this.#session.run('describeSecret', { secretName })
      return true
    } catch (error) {
      if (isKmsError(error, 'SECRET_NOT_FOUND')) return false
      throw error
    }
  }

  async #open(meaning: ReferenceMeaning, { stage, version }: SecretReference): Promise<ResolvedValue> {
    const { value, dataType } = await this.#session.run('revealSecretValue', {
      secretName: meaning.secretName,
      ...(meaning.field === null ? {} : { field: meaning.field }),
      ...(stage === null ? {} : { versionStage: stage }),
      ...(version === null ? {} : { versionId: version }),
    })
    return { ...meaning, value, dataType }
  }

  async #concealedOf({ secretName, field, value, dataType }: ResolvedValue): Promise<Uint8Array[]> {
    const members = field === null && dataType === 'text' ? textMembers(value) : []
    if (members.length === 0) return [copyBytes(value)]
    const { fields } = await this.#session.run('getSecretDetails', { secretName })
    const open = new Set(fields?.filter(({ isSecret }) => !isSecret).map(({ name }) => name))
    const encoder = new TextEncoder()
    return [copyBytes(value), ...members.filter(([name]) => !open.has(name)).map(([, member]) => encoder.encode(member))]
  }
}

/** The members that are text of a value that is a JSON object; none of any other value. */
function textMembers(value: Uint8Array): [string, string][] {
  if (value.find((byte) => byte > 0x20) !== '{'.charCodeAt(0)) return []
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(value))
    if (typeof parsed !== 'object' || parsed === null) return []
    return Object.entries(parsed).filter((member): member is [string, string] => typeof member[1] === 'string')
  } catch {
    return []
  }
}
