import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import { toStrength, type Strength } from './strength'

/** The estimator with its word lists, about a megabyte: import this module only when a passphrase is being chosen. */
export function createEstimator(): (passphrase: string, personal: string[]) => Strength {
  const factory = new ZxcvbnFactory({ dictionary: { ...common, ...english }, graphs: adjacencyGraphs })
  return (passphrase, personal) => toStrength(factory.check(passphrase, personal))
}
