import { randomBytes } from 'node:crypto'
import { catalog, flagsOf, type OperationName } from '../../src-shared/contract/catalog'
import type { Envelope } from '../../src-shared/contract/envelope'
import { operations, type Request, type Response } from '../../src-shared/contract/operations'
import { KmsError, isKmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { Log } from '../platform/ports'
import type { CallAudit } from './call-audit'
import type { Handler, Handlers } from './handlers'
import { parseRequest } from './parse-request'
import { zeroBytesIn } from './zero-bytes'

/** Who sends a request. `system` is the application itself (auto-lock) and may call everything. */
export type CallSource = Pick<Caller, 'face' | 'client'>

export interface DispatcherOptions {
  handlers: Handlers
  isUnlocked: () => boolean
  audit: CallAudit
  log: Log
  /** Checks each response against its schema; a response that does not fit is a bug and is not sent. On by default. */
  checkResponses?: boolean
}

/**
 * The one way to every operation, for all faces: parse, lock state, handler, response, and for refusals the audit log.
 * Byte fields of the request are zeroed when the call is over; those of the response belong to the face.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  /**
   * Runs an operation. Throws KmsError only: UNKNOWN_OPERATION when there is none of that name on this face,
   * MISSING_PARAMETER, INVALID_PARAMETER, VAULT_LOCKED, the operation's own codes, and INTERNAL with an incident id
   * for a bug, whose cause is in the log.
   */
  async run<N extends OperationName>(operation: N, request: unknown, from: CallSource): Promise<Response<N>> {
    try {
      requireOffered(operation, from)
      return await this.#runKnown(operation, request, { face: from.face, client: from.client, operation })
    } finally {
      zeroBytesIn(request)
    }
  }

  /** As run(), with the outcome as plain data. Never throws. */
  async call<N extends OperationName>(operation: N, request: unknown, from: CallSource): Promise<Envelope<Response<N>>> {
    try {
      return { ok: true, value: await this.run(operation, request, from) }
    } catch (error) {
      const { code, message, details } = isKmsError(error) ? error : this.#incident(operation, error)
      return { ok: false, code, message, details }
    }
  }

  async #runKnown<N extends OperationName>(operation: N, request: unknown, caller: Caller): Promise<Response<N>> {
    let parsed: Request<N> | null = null
    try {
      parsed = parseRequest(operation, request)
      if (flagsOf(operation).needsUnlocked && !this.#options.isUnlocked()) throw locked()
      const handler: Handler<N> = this.#options.handlers[operation]
      return this.#checked(operation, await handler(parsed, caller))
    } catch (error) {
      const refusal = isKmsError(error) ? error : this.#incident(operation, error)
      this.#audit(caller, parsed, refusal)
      throw refusal
    }
  }

  #checked<N extends OperationName>(operation: N, response: Response<N>): Response<N> {
    if (this.#options.checkResponses === false) return response
    const checked = operations[operation].response.safeParse(response)
    if (checked.success) return response
    zeroBytesIn(response)
    const paths = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`)
    throw new Error(`The response of ${operation} does not fit its schema (${paths.join('; ')})`)
  }

  #audit(caller: Caller, request: unknown, refusal: KmsError): void {
    const { audit, needsUnlocked } = flagsOf(caller.operation as OperationName)
    // Others note theirs themselves: tokens in their handlers; unlocking in the vault, which keeps it until it is open.
    if (audit === 'none' || audit === 'handler' || !needsUnlocked || !this.#options.isUnlocked()) return
    try {
      this.#options.audit.recordRefusal(caller, resourceOf(request), refusal.code)
    } catch (error) {
      this.#options.log.error('audit-of-refusal-failed', error, { operation: caller.operation })
    }
  }

  #incident(operation: string, cause: unknown): KmsError {
    const incidentId = randomBytes(6).toString('hex')
    this.#options.log.error('incident', cause, { operation, incidentId })
    return new KmsError('INTERNAL', `Something went wrong inside Keystead (incident ${incidentId}).`, { incidentId }, cause)
  }
}

function requireOffered(operation: string, { face }: CallSource): void {
  if (Object.hasOwn(catalog, operation) && (face === 'system' || flagsOf(operation as OperationName).faces.includes(face))) return
  throw new KmsError('UNKNOWN_OPERATION', 'There is no such operation here.')
}

function locked(): KmsError {
  return new KmsError('VAULT_LOCKED', 'The vault is locked. Unlock it first.')
}

const resourceFields = ['keyId', 'aliasName', 'secretName', 'existing', 'certificateId', 'slotId', 'jobId']

/** What the audit entry of a refusal names; only of requests that the schema has accepted. */
function resourceOf(request: unknown): string {
  if (typeof request !== 'object' || request === null) return ''
  const fields = new Map(Object.entries(request))
  const named = resourceFields.map((field): unknown => fields.get(field)).find((value) => typeof value === 'string')
  return typeof named === 'string' ? named : ''
}
