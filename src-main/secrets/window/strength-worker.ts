import { parentPort } from 'node:worker_threads'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import { unpackValues } from '../../../src-shared/model/packed-values'

const estimator = new ZxcvbnFactory({ dictionary: { ...common, ...english }, graphs: adjacencyGraphs })
const decoder = new TextDecoder()

/**
 * Entry of a worker thread: packed values in, their scores (0 to 4) out. The estimator works on strings, which cannot be
 * zeroed: this thread ends after the check, and its heap with it.
 */
parentPort?.on('message', (packed: Uint8Array) => {
  const scores = (unpackValues(packed) ?? []).map((value) => estimator.check(decoder.decode(value)).score)
  packed.fill(0)
  parentPort?.postMessage(scores, [])
})
