import { Worker } from 'node:worker_threads'
import { KmsError } from '../../../../src-shared/errors'
import { copyBytes } from '../../../crypto/bytes'
import { applyFailed, unreachable, type Credential, type LoginAnswer, type RotationTarget, type TargetChange } from './target'
import type { ConnectedConfig } from './target-config'
import { credentialsOf, type ThreadAnswer, type ThreadRequest } from './thread-messages'

/** A target whose client library runs in a thread of its own, which ends with close(). One call at a time. */
export class ThreadTarget implements RotationTarget {
  readonly keepsOld: boolean
  readonly isOpaque = false
  readonly #config: ConnectedConfig
  readonly #url: URL
  #worker: Worker | null = null
  #waiting: { call: ThreadRequest['call']; resolve: (answer: LoginAnswer | null) => void; reject: (error: Error) => void } | null = null

  /** `url`: of the bundle of worker.ts. */
  constructor(config: ConnectedConfig, url: URL) {
    this.#config = config
    this.#url = url
    this.keepsOld = config.kind === 'ssh'
  }

  async login(credential: Credential): Promise<LoginAnswer> {
    const answer = await this.#ask({ call: 'login', config: this.#config, credential: copyOf(credential) })
    if (answer === null) throw new Error('a login has an answer')
    return answer
  }

  async apply({ admin, from, to, isRollback }: TargetChange): Promise<void> {
    const change = { admin: admin && copyOf(admin), from: copyOf(from), to: copyOf(to), isRollback }
    await this.#ask({ call: 'apply', config: this.#config, change })
  }

  async retire(actor: Credential, credential: Credential): Promise<void> {
    await this.#ask({ call: 'retire', config: this.#config, actor: copyOf(actor), credential: copyOf(credential) })
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    this.#end()
    await worker?.terminate()
  }

  #ask(request: ThreadRequest): Promise<LoginAnswer | null> {
    const worker = (this.#worker ??= this.#start())
    return new Promise((resolve, reject) => {
      this.#waiting = { call: request.call, resolve, reject }
      worker.postMessage(request, credentialsOf(request).map(({ secret }) => secret.buffer))
    })
  }

  #start(): Worker {
    // Without our environment, from which the libraries would take hosts and passwords.
    const worker = new Worker(this.#url, { name: 'rotation', env: {} })
    worker.on('message', (answer: ThreadAnswer) => this.#take(answer))
    worker.on('error', () => this.#lost(worker))
    worker.on('exit', () => this.#lost(worker))
    return worker
  }

  #take(message: ThreadAnswer): void {
    const waiting = this.#waiting
    this.#waiting = null
    if ('answer' in message) return waiting?.resolve(message.answer)
    const { failure } = message
    waiting?.reject(failure ? new KmsError(failure.code, failure.message, failure.details) : failed(waiting.call, 'The client of the target failed.'))
  }

  #lost(worker: Worker): void {
    if (this.#worker !== worker) return
    this.#worker = null
    this.#end()
  }

  /** The thread is gone: what it did last is not known. */
  #end(): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.reject(failed(waiting.call, 'The connection to the target was cut off.'))
  }
}

/** A login changes nothing, however it ends. */
function failed(call: ThreadRequest['call'], reason: string): KmsError {
  return call === 'login' ? unreachable(reason) : applyFailed(reason)
}

function copyOf({ account, secret, publicKey }: Credential): Credential {
  return { account, secret: copyBytes(secret), publicKey }
}
