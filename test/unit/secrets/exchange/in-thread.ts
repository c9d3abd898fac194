import type { ExchangeThreads } from '../../../../src-main/secrets/exchange/exchange-thread'
import { readTask, writeTask } from '../../../../src-main/secrets/exchange/thread-tasks'
import type { ReadAnswer } from '../../../../src-main/secrets/exchange/worker-messages'

/** The work of the threads in this one; `opened` has all buffers with values that were given away. */
export class InThread implements ExchangeThreads {
  readonly opened: ArrayBuffer[] = []
  /** The work waits for this. */
  gate: Promise<void> = Promise.resolve()

  read(message: Parameters<ExchangeThreads['read']>[0], signal: AbortSignal): Promise<ReadAnswer> {
    return unlessAborted(signal, async () => {
      await this.gate
      const { answer } = await readTask(message)
      this.opened.push(answer.buffer)
      return answer
    })
  }

  writeKdbx(message: Parameters<ExchangeThreads['writeKdbx']>[0], buffer: ArrayBuffer, signal: AbortSignal): Promise<Uint8Array> {
    this.opened.push(buffer)
    return unlessAborted(signal, async () => {
      await this.gate
      return (await writeTask(message)).answer
    })
  }
}

function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
    work().then(resolve, reject)
  })
}
