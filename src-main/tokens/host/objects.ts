import { createHash } from 'node:crypto'
import pkcs11, { type Handle, type PKCS11, type Template } from 'pkcs11js'
import { AttributeReader, attributesOf, classOf, templateOf, ulongOf } from './attributes'
import type { Attribute, ObjectRef, ObjectView, TokenRef } from './calls'
import { ckr, endsSession, failureOf, HostError, isCkr } from './failures'
import type { Sessions } from './sessions'

const identity = [pkcs11.CKA_CLASS, pkcs11.CKA_ID, pkcs11.CKA_LABEL, pkcs11.CKA_KEY_TYPE]
/** Handles that are asked for at a time. */
const findBatch = 1024
/** No token has more; a module that says so does not come to an end. */
const maxObjects = 500_000
/** Longer values are left out of what is listed: certificates are shorter. */
const maxListedBytes = 64 * 1024

/** Finds, reads and changes the objects of tokens. */
export class Objects {
  readonly #module: PKCS11
  readonly #sessions: Sessions
  readonly #reader: AttributeReader

  constructor(module: PKCS11, sessions: Sessions) {
    this.#module = module
    this.#sessions = sessions
    this.#reader = new AttributeReader(module)
  }

  find(token: TokenRef, template: readonly Attribute[]): string[] {
    return this.#sessions.withOperation(token, (session) => {
      this.#module.C_FindObjectsInit(session, templateOf(template))
      const found: string[] = []
      for (;;) {
        const batch = this.#module.C_FindObjects(session, findBatch)
        if (batch.length === 0) break
        if (batch.length > findBatch || found.length + batch.length > maxObjects) throw new HostError('BAD_ANSWER', 'C_FindObjects')
        found.push(...batch.map((handle) => handle.toString('hex')))
      }
      this.#module.C_FindObjectsFinal(session)
      return found
    })
  }

  readAll(token: TokenRef, handles: readonly string[]): ObjectView[] {
    return this.#sessions.with(token, (session) => handles.flatMap((handle) => this.#readIfThere(token, session, handle)))
  }

  /** The handle of an object that is still what it was. OBJECT_CHANGED. */
  handle(token: TokenRef, session: Handle, { handle, check }: ObjectRef): Handle {
    const known = this.#sessions.checks(token)
    const native = Buffer.from(handle, 'hex')
    if (known.get(handle) === check) return native
    if (this.#identify(session, native).check !== check) throw new HostError('OBJECT_CHANGED')
    known.set(handle, check)
    return native
  }

  /** As handle(), reading the object again whatever is known: for what cannot be undone. */
  handleNow(token: TokenRef, session: Handle, object: ObjectRef): Handle {
    this.#sessions.checks(token).delete(object.handle)
    return this.handle(token, session, object)
  }

  /** What is read of an object that was just made or changed. */
  view(token: TokenRef, session: Handle, native: Handle): ObjectView {
    const { objectClass, keyType, check, attributes } = this.#identify(session, native)
    const handle = native.toString('hex')
    const types = attributesOf(objectClass, keyType)
    const values = this.#reader.read(session, native, types, `${objectClass}/${keyType}`)
    this.#sessions.checks(token).set(handle, check)
    return { handle, check, objectClass, attributes: [...attributes, ...present(types, values)] }
  }

  read(token: TokenRef, object: ObjectRef, types: readonly number[]): (Uint8Array | null)[] {
    // Asked for by name, so nothing is remembered of what is refused: a login may change it.
    return this.#sessions.with(token, (session) => new AttributeReader(this.#module).read(session, this.handle(token, session, object), types, ''))
  }

  set(token: TokenRef, object: ObjectRef, attributes: readonly Attribute[]): ObjectView {
    return this.#sessions.withSame(token, (session) => {
      const handle = this.handleNow(token, session, object)
      this.#module.C_SetAttributeValue(session, handle, templateOf(attributes))
      this.#sessions.checks(token).delete(object.handle)
      return this.view(token, session, handle)
    })
  }

  remove(token: TokenRef, object: ObjectRef): void {
    this.#sessions.withSame(token, (session) => {
      this.#module.C_DestroyObject(session, this.handleNow(token, session, object))
      this.#sessions.checks(token).delete(object.handle)
    })
  }

  /** Makes an object and reads it. */
  make(token: TokenRef, work: (session: Handle) => Handle): ObjectView {
    return this.#sessions.withSame(token, (session) => this.view(token, session, work(session)))
  }

  create(token: TokenRef, attributes: readonly Attribute[]): ObjectView {
    const template: Template = templateOf(attributes)
    return this.make(token, (session) => this.#module.C_CreateObject(session, template))
  }

  #readIfThere(token: TokenRef, session: Handle, handle: string): ObjectView[] {
    try {
      return [this.view(token, session, Buffer.from(handle, 'hex'))]
    } catch (error) {
      // One that has gone meanwhile, or that the module itself refuses to read, must not hide the others.
      if (failureOf(error).ckr === null || endsSession(error) || isCkr(error, ckr.userNotLoggedIn)) throw error
      return []
    }
  }

  #identify(session: Handle, native: Handle) {
    const [objectClass = null] = this.#reader.read(session, native, [pkcs11.CKA_CLASS], '')
    const name = classOf(objectClass)
    const values = this.#reader.read(session, native, identity, name)
    const hash = createHash('sha256')
    for (const value of values.slice(0, 3)) hash.update(`${value?.length ?? 'none'}:`).update(value ?? '')
    const keyType = values[3] ? ulongOf(values[3]) : null
    return { objectClass: name, keyType, check: hash.digest('hex').slice(0, 16), attributes: present(identity, values) }
  }
}

function present(types: readonly number[], values: readonly (Uint8Array | null)[]): ObjectView['attributes'] {
  return types.flatMap((type, index) => {
    const value = values[index]
    return value && value.length <= maxListedBytes ? [{ type, value }] : []
  })
}
