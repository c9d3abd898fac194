import type { Caller } from '../../src-shared/model/caller'
import type { UseAudit } from '../vault/records'

/**
 * The audit of uses and refusals, shared by dispatch and the services: a service that knows more of a call (which key an
 * alias named) writes its refusal itself, and dispatch then does not write it again. Calls are told apart by their
 * caller object, which dispatch makes anew for each.
 */
export class CallAudit implements UseAudit {
  readonly #log: UseAudit
  readonly #refused = new WeakSet<Caller>()

  constructor(log: UseAudit) {
    this.#log = log
  }

  record(caller: Caller, resource: string, code: string | null): void {
    this.#log.record(caller, resource, code)
    if (code !== null) this.#refused.add(caller)
  }

  /** Records a refusal unless this call has one already. */
  recordRefusal(caller: Caller, resource: string, code: string): void {
    if (!this.#refused.has(caller)) this.record(caller, resource, code)
  }
}
