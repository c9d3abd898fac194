import type { ExchangeThreads, ThreadWork } from '../../../../src-main/secrets/exchange/exchange-thread'
import { writeKdbx } from '../../../../src-main/secrets/exchange/kdbx/write-kdbx'
import { packed } from '../../../../src-main/secrets/exchange/pack'
import { readImport } from '../../../../src-main/secrets/exchange/read-import'
import type { ReadAnswer, ReadMessage } from '../../../../src-main/secrets/exchange/worker-messages'

/** The work of the threads in this one, as worker.ts does it; `opened` has all buffers that were given away. */
export class InThread implements ExchangeThreads {
  readonly opened: ArrayBuffer[] = []
  /** Reading waits for this. */
  gate: Promise<void> = Promise.resolve()

  read(message: Omit<ReadMessage, 'task'>): ThreadWork<ReadAnswer> {
    return stoppable(this.#read(message))
  }

  writeKdbx({ secrets, passphrase }: Parameters<ExchangeThreads['writeKdbx']>[0]): ThreadWork<Uint8Array> {
    return stoppable(writeKdbx(secrets, passphrase))
  }

  async #read({ file, columns, ...options }: Omit<ReadMessage, 'task'>): Promise<ReadAnswer> {
    await this.gate
    const found = await readImport(file, { ...options, columns: columns ?? undefined })
    const { secrets, buffer } = packed(found.secrets)
    this.opened.push(buffer)
    return { format: found.format, columns: found.columns, secrets, buffer, file: found.format === 'csv' ? file : null }
  }
}

function stoppable<T>(work: Promise<T>): ThreadWork<T> {
  let stop: ThreadWork<T>['stop'] = () => undefined
  const answer = new Promise<T>((resolve, reject) => {
    stop = reject
    work.then(resolve, reject)
  })
  return { answer, stop: (reason) => stop(reason) }
}
