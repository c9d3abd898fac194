import { pathToFileURL } from 'node:url'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import { expect, it } from 'vitest'
import { startStrengthEstimator } from '../../../../src-main/secrets/window/strength'
import { bundleForNode } from '../../../support/bundle'
import { bytesOf } from '../../../support/secrets-fixture'

const weak = ['', 'a', 'hunter2', 'password', 'Passw0rd!Passw0rd!', 'P4$$w0rd2024!', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '12345678901234567890123', 'abcdefghijklmnopqrstuvwxyz', 'letmeinletmeinletmeinletmein', '密码']
const strong = ['tr0ub4dor&3', 'correct horse battery staple', 'x7$kQp2!vL9#', '8f3a9c1e7b2d4f6a8c0e', `${'a'.repeat(20)}K#9x!Qm2$vR7`, '🔑密码x7$kQp2!v']

it('the estimator in its thread knows weak from strong, as it does when it looks at the whole', { timeout: 120_000 }, async () => {
  const url = pathToFileURL(await bundleForNode('src-main/secrets/window/strength-worker.ts', `strength-worker-scores-${process.versions['electron'] ? 'electron' : 'node'}`))
  const estimator = startStrengthEstimator(url)
  const values = [...weak, ...strong]
  const scores = await estimator.scores(values.map(bytesOf))
  expect(values.filter((_, at) => (scores[at] ?? 0) < 3)).toEqual(weak)
  const whole = new ZxcvbnFactory({ dictionary: { ...common, ...english }, graphs: adjacencyGraphs })
  expect(values.filter((value) => whole.check(value).score < 3)).toEqual(weak)
  await estimator.close()
  await expect(estimator.scores([])).rejects.toMatchObject({ code: 'INTERNAL' })
})
