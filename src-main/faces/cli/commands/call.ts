import { flagsOf } from '../../../../src-shared/contract/catalog'
import type { Response } from '../../../../src-shared/contract/operations'
import { invalidParameter } from '../../../../src-shared/errors'
import { operationOf } from '../../kms/names'
import { requestFromKms } from '../../kms/request-mapping'
import { responseToKms } from '../../kms/response-mapping'
import { readAll } from '../standard-input'
import type { CliSession } from '../session'
import { finishQuietly } from './files'

const maximumRequestBytes = 1024 * 1024

/** Any operation by its KMS name; `json` is the parameters, `-` reads them from standard input. File jobs are waited for. */
export async function runCall(session: CliSession, action: string, json: string): Promise<void> {
  const operation = operationOf(action, 'cli')
  const text = json === '-' ? await readAll(session.input, maximumRequestBytes) : json
  const request = requestFromKms(operation, parse(text), {
    unknownParameters: 'refuse',
    issueHandle: (path, use) => session.handleOf(path, use),
  })
  if (flagsOf(operation).needsUnlocked) await session.unlock()
  const response = await session.run(operation, request)
  // A job ends with the process that runs it.
  const complete = hasJob(response) ? await finishQuietly(session, response) : response
  session.print(JSON.stringify(responseToKms(operation, complete)))
}

function hasJob(response: object): response is Response<'encryptFiles' | 'decryptFiles' | 'finishRotation'> {
  return 'job' in response
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalidParameter('JSON', 'must be JSON text')
  }
}
