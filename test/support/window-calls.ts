import { afterEach, beforeEach } from 'vitest'
import type { Application } from '../../src-main/compose'
import type { OperationName } from '../../src-shared/contract/catalog'
import type { PathUse } from '../../src-shared/contract/fields'
import type { RequestInput, Response } from '../../src-shared/contract/operations'
import { composeIn, createTestVault } from './composed-application'

export interface WindowCalls {
  /** Through dispatch, as the window calls. */
  call: <N extends OperationName>(operation: N, input: RequestInput<N>) => Promise<Response<N>>
  /** A handle as a dialog gives it out for a path. */
  handleOf: (path: string, use: PathUse) => string
}

/** Gives each test of the file all services on a new, unlocked vault in its folder (useTemporaryFolder). */
export function useWindowCalls(folder: () => string): WindowCalls {
  let application: Application
  beforeEach(async () => {
    application = await composeIn(folder())
    await createTestVault(application)
  })
  afterEach(() => application.dispose())
  return {
    call: (operation, input) => application.dispatcher.run(operation, input, { face: 'ipc', client: 'window' }),
    handleOf: (path, use) => application.handles.issue(path, use),
  }
}
