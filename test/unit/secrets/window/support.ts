import { afterEach, beforeEach } from 'vitest'
import type { Application } from '../../../../src-main/compose'
import type { OperationName } from '../../../../src-shared/contract/catalog'
import type { EventName, EventPayloads } from '../../../../src-shared/contract/events'
import type { PathUse } from '../../../../src-shared/contract/fields'
import type { RequestInput, Response } from '../../../../src-shared/contract/operations'
import { packValues } from '../../../../src-shared/model/packed-values'
import type { SecretFieldKind } from '../../../../src-shared/model/secrets'
import { composeIn, createTestVault, testPassphrase } from '../../../support/composed-application'
import { codeOf, TestClock } from '../../../support/keystore-fixture'
import { bytesOf, textOf } from '../../../support/secrets-fixture'

/** A field as a form sends it: a text that is given, or null to keep what there is. */
export interface FormField {
  name: string
  text: string | null
  kind?: SecretFieldKind
  isSecret?: boolean
  from?: string
}

/** What a form sends of its fields. */
export function formOf(fields: readonly FormField[]): Pick<RequestInput<'saveSecret'>, 'fields' | 'values'> {
  return {
    fields: fields.map(({ name, text, kind = 'password', isSecret = true, from }) => ({ name, kind, isSecret, isGiven: text !== null, ...(from === undefined ? {} : { from }) })),
    values: packValues(fields.flatMap(({ text }) => (text === null ? [] : [bytesOf(text)]))),
  }
}

/** The fields of a login. */
export function login(username: string, password: string | null, more: readonly FormField[] = []): FormField[] {
  return [{ name: 'username', text: username, kind: 'text', isSecret: false }, { name: 'password', text: password }, ...more]
}

/** Gives each test of the file all services on a new, unlocked vault, a clipboard and a clock of its own. */
export function useSecretWindow(folder: (...names: string[]) => string, strengthWorkerUrl: () => URL | undefined = () => undefined) {
  let application: Application
  let clock = new TestClock()
  const board = { text: '' }
  const events: { event: EventName; payload: unknown }[] = []
  const from = { face: 'ipc', client: 'window' } as const
  const call = <N extends OperationName>(operation: N, input: RequestInput<N>): Promise<Response<N>> => application.dispatcher.run(operation, input, from)

  beforeEach(async () => {
    board.text = ''
    events.length = 0
    clock = new TestClock()
    const desktop = {
      writeSecret: async (text: Uint8Array) => void (board.text = textOf(text)),
      readClipboard: async () => bytesOf(board.text),
      clearClipboard: async () => void (board.text = ''),
    }
    const workerUrl = strengthWorkerUrl()
    application = await composeIn(folder(), desktop, undefined, { clock, ...(workerUrl ? { strengthWorkerUrl: workerUrl } : {}) })
    application.forwardEvents((event, payload) => void events.push({ event, payload }))
    await createTestVault(application)
  })
  afterEach(() => application.dispose())

  const save = (name: string, fields: readonly FormField[], more: Partial<RequestInput<'saveSecret'>> = {}) =>
    call('saveSecret', { name, template: 'login', ...formOf(fields), ...more })
  const reveal = async (secretName: string, more: Partial<RequestInput<'revealSecretValue'>> = {}) => textOf((await call('revealSecretValue', { secretName, ...more })).value)

  return {
    call,
    save,
    reveal,
    board,
    codeFor: <N extends OperationName>(operation: N, input: RequestInput<N>) => codeOf(call(operation, input)),
    /** Saves with `existing`, keeping the name. */
    edit: (name: string, fields: readonly FormField[], more: Partial<RequestInput<'saveSecret'>> = {}) => save(name, fields, { existing: name, ...more }),
    versionsOf: async (secretName: string) => (await call('getSecretDetails', { secretName })).versions.map(({ versionId, stages }) => [versionId, ...stages].join(' ')),
    namesFor: async (search: string, more: Partial<RequestInput<'searchSecrets'>> = {}) => (await call('searchSecrets', { search, ...more })).rows.map(({ secretName }) => secretName),
    auditOf: async (operation: OperationName) =>
      (await call('listAuditEntries', { operation, count: 50 })).entries.map(({ resource, code }) => [resource, code]).reverse(),
    handleOf: (path: string, use: PathUse) => application.handles.issue(path, use),
    payloadsOf: <E extends EventName>(event: E) => events.filter((one) => one.event === event).map(({ payload }) => payload as EventPayloads[E]),
    clock: () => clock,
    application: () => application,
    relock: async () => {
      await call('lockVault', {})
      await call('unlockVault', { passphrase: testPassphrase() })
    },
  }
}
