import { basename } from 'node:path'
import type { Request, Response } from '../../../src-shared/contract/operations'
import type { secretWindowSchemas } from '../../../src-shared/contract/secret-window'
import { missedTokenCodes } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { utf8, zero } from '../../crypto/bytes'
import { SourceFile } from '../../files/source-file'
import { writeChosenFile } from '../../platform/atomic-file'
import type { PathHandles } from '../../platform/path-handles'
import type { Secrets } from '../../secrets/secrets'
import { addAttachment, saveAttachment } from '../../secrets/window/attachments'
import { calendarEvents } from '../../secrets/window/calendar'
import { generateSecretValue } from '../../secrets/window/generate'
import { HealthChecks } from '../../secrets/window/health-checks'
import { writeCalendar } from '../../secrets/window/icalendar'
import { requireText, textToCopy } from '../../secrets/window/reveal'
import { startStrengthEstimator } from '../../secrets/window/strength'
import { secretWindowOperations, type SecretWindowOperationName } from '../../secrets/window/window-operations'
import { calendarSummary } from '../calendar-texts'
import type { SecretClipboard } from '../clipboard'
import { languageOf, type DesktopPort } from '../desktop-port'
import type { Handlers, HandlersOf } from '../handlers'
import type { SecretWork } from '../secret-work'
import type { SettingsStore } from '../settings-store'

export interface SecretWindowOptions {
  secrets: Secrets
  clipboard: SecretClipboard
  secretWork: SecretWork
  /** Bundle of the thread that estimates passwords. */
  strengthWorkerUrl: URL
  handles: PathHandles
  settings: SettingsStore
  desktop: DesktopPort
}

/** The operations of the window on secrets. */
export function secretWindowHandlers(options: SecretWindowOptions): HandlersOf<typeof secretWindowSchemas> {
  const { secrets, clipboard, secretWork } = options
  const health = new HealthChecks(() => startStrengthEstimator(options.strengthWorkerUrl))
  return {
    ...secretHandlersOf(secrets),
    copySecretValue: async (request, caller) => copied(clipboard, await textToCopy(secrets.session(), caller, request)),
    copySecretText: async ({ value }) => copied(clipboard, requireText(value)),
    generateSecretValue: async (request) => generateSecretValue(request),
    async clearClipboard() {
      await clipboard.clear()
      return {}
    },
    addSecretAttachment: (request, caller) => addFile(options, caller, request),
    saveSecretAttachment: ({ secretName, attachmentId, target }, caller) =>
      options.handles.lend(target, 'target', missedTokenCodes, (path) => saveAttachment(secrets.session(), caller, secretName, attachmentId, path)),
    checkSecretHealth: (request) => health.check(secrets.session(), request, (done, total) => secretWork.report('health', done, total)),
    saveRotationCalendar: ({ target }) => saveCalendar(options, target),
  }
}

function secretHandlersOf(secrets: Secrets): Pick<Handlers, SecretWindowOperationName> {
  const names = Object.keys(secretWindowOperations) as SecretWindowOperationName[]
  const handlerOf = (name: SecretWindowOperationName) => async (request: never, caller: Caller) => secretWindowOperations[name](secrets.session(), caller, request)
  return Object.fromEntries(names.map((name) => [name, handlerOf(name)])) as unknown as Pick<Handlers, SecretWindowOperationName>
}

async function copied(clipboard: SecretClipboard, value: Uint8Array): Promise<Response<'copySecretText'>> {
  try {
    return { clearsAt: await clipboard.copy(value) }
  } finally {
    zero(value)
  }
}

/** The codes of SourceFile and addAttachment(). */
async function addFile({ secrets, handles }: SecretWindowOptions, caller: Caller, { secretName, file, name }: Request<'addSecretAttachment'>): Promise<Response<'addSecretAttachment'>> {
  const session = secrets.session()
  return handles.lend(file, 'source', missedTokenCodes, async (path) => {
    const source = await SourceFile.open(path)
    try {
      return await addAttachment(session, caller, secretName, {
        name: name ?? basename(path),
        sizeBytes: source.size,
        readAt: (position, length) => source.readAt(position, length),
        checkUnchanged: () => source.checkUnchanged(),
      })
    } finally {
      await source.close()
    }
  })
}

/** TARGET_NOT_WRITABLE, NO_SPACE. The file names secrets, as the user asked. */
async function saveCalendar({ secrets, handles, settings, desktop }: SecretWindowOptions, target: string): Promise<Response<'saveRotationCalendar'>> {
  const session = secrets.session()
  const path = handles.redeem(target, 'target')
  const language = languageOf(settings.current, desktop)
  const events = await calendarEvents(session, (kind, name) => calendarSummary(language, kind, name))
  await writeChosenFile(path, utf8(writeCalendar('Keystead', events, session.nowMs())), 'The calendar could not be saved there. Choose another folder.')
  return { entries: events.length }
}
