import { parentPort } from 'node:worker_threads'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import { unpackValues } from '../../../src-shared/model/packed-values'

const strong = 3
/** How many characters are looked at, until there is no doubt. The estimator takes much longer for long texts. */
const looks = [10, 20, 72]
/** Letters that stand for others, as in p4ssw0rd; more cost more and find nothing else. */
const mostSubstitutions = 5

const estimator = new ZxcvbnFactory({ dictionary: { ...common, ...english }, graphs: adjacencyGraphs, l33tMaxSubstitutions: mostSubstitutions })
const decoder = new TextDecoder()

/** A text whose beginning is strong is strong. */
function scoreOf(value: Uint8Array): number {
  const characters = [...decoder.decode(value)]
  let score = 0
  for (const length of looks) {
    score = estimator.check(characters.slice(0, length).join('')).score
    if (score >= strong || characters.length <= length) break
  }
  return score
}

/**
 * Entry of a worker thread: packed values in, their scores (0 to 4) out. The estimator works on strings, which cannot be
 * zeroed: this thread ends after the check, and its heap with it.
 */
parentPort?.on('message', (packed: Uint8Array) => {
  const scores = (unpackValues(packed) ?? []).map(scoreOf)
  packed.fill(0)
  parentPort?.postMessage(scores, [])
})
