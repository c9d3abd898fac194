import { parentPort } from 'node:worker_threads'
import { isKmsError } from '../../../../src-shared/errors'
import { MysqlTarget } from './mysql'
import { PostgresqlTarget } from './postgresql'
import { RedisTarget } from './redis'
import { SshTarget } from './ssh'
import type { LoginAnswer, RotationTarget } from './target'
import type { ConnectedConfig } from './target-config'
import { credentialsOf, type ThreadAnswer, type ThreadRequest } from './thread-messages'

/**
 * Entry of a worker thread that talks to one target. The client libraries make strings of passwords and keys, which cannot
 * be zeroed: this thread ends with the rotation, and its heap with it.
 */
parentPort?.on('message', (request: ThreadRequest) => void answerTo(request).then((answer) => parentPort?.postMessage(answer, [])))

async function answerTo(request: ThreadRequest): Promise<ThreadAnswer> {
  try {
    return { answer: await carryOut(targetOf(request.config), request) }
  } catch (error) {
    if (!isKmsError(error)) return { failure: null }
    const { code, message, details } = error
    return { failure: { code, message, details } }
  } finally {
    for (const { secret } of credentialsOf(request)) secret.fill(0)
  }
}

async function carryOut(target: RotationTarget, request: ThreadRequest): Promise<LoginAnswer | null> {
  if (request.call === 'login') return target.login(request.credential)
  if (request.call === 'apply') await target.apply(request.change)
  else await target.retire(request.actor, request.credential)
  return null
}

function targetOf(config: ConnectedConfig): RotationTarget {
  if (config.kind === 'postgresql') return new PostgresqlTarget(config)
  if (config.kind === 'mysql') return new MysqlTarget(config)
  return config.kind === 'redis' ? new RedisTarget(config) : new SshTarget(config)
}
