import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

/** Asks the thread of rotation targets (bundle argv[2]) to log in as standard input says, and writes its answer. */
const { config, account, publicKey, secret } = JSON.parse(readFileSync(0, 'utf8'))
const bytes = Uint8Array.from(Buffer.from(secret, 'base64'))
const worker = new Worker(process.argv[2], { env: {} })
worker.once('message', (answer) => {
  process.stdout.write(JSON.stringify(answer))
  void worker.terminate()
})
worker.postMessage({ call: 'login', config, credential: { account, publicKey, secret: bytes } }, [bytes.buffer])
