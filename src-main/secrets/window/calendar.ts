import type { Response, Request } from '../../../src-shared/contract/operations'
import { bareAlias } from '../../../src-shared/model/alias'
import type { Caller } from '../../../src-shared/model/caller'
import { certificateMetadataOf } from '../../keystore/certificate-metadata'
import { isoSeconds } from '../../keystore/key-metadata'
import type { KeyRecord } from '../../keystore/key-record'
import { rotationDueAt } from '../../keystore/key-rotation'
import type { SecretEntry } from '../secret-index'
import type { SecretSession } from '../secret-session'
import type { CalendarEvent } from './icalendar'
import { timeOrNull } from './times'

type Kind = Response<'listRotationCalendar'>['entries'][number]['kind']

/** Something that comes due. `uid` never changes, whatever the thing is called. */
interface DueThing {
  kind: Kind
  id: string
  name: string
  uid: string
  at: number
}

/** A window of what comes due, oldest first. INVALID_PARAMETER (until). */
export async function listRotationCalendar(session: SecretSession, _caller: Caller, { until, offset, count }: Request<'listRotationCalendar'>): Promise<Response<'listRotationCalendar'>> {
  const nowMs = session.nowMs()
  const untilMs = timeOrNull('until', until ?? null)
  const things = (await dueThings(session)).filter(({ at }) => untilMs === null || at <= untilMs)
  const entries = things.slice(offset, offset + count).map(({ kind, id, name, at }) => ({ kind, id, name, date: isoSeconds(at), isOverdue: at <= nowMs }))
  return { total: things.length, overdue: things.filter(({ at }) => at <= nowMs).length, entries }
}

/** All of it as events; `summaryOf` names each in the language of the user. */
export async function calendarEvents(session: SecretSession, summaryOf: (kind: Kind, name: string) => string): Promise<CalendarEvent[]> {
  const things = await dueThings(session)
  return things.map(({ kind, name, uid, at }) => ({ uid: `${kind}-${uid}@${session.vaultId}`, summary: summaryOf(kind, name), description: '', at }))
}

async function dueThings(session: SecretSession): Promise<DueThing[]> {
  const nowMs = session.nowMs()
  const keys = [...session.keys.index.entries()].flatMap(({ record }) => thingsOfKey(record, nowMs))
  const secrets = [...session.index.entries()].flatMap(thingsOfSecret)
  const things = [...keys, ...secrets, ...(await certificateExpiries(session))]
  return things.sort((a, b) => a.at - b.at || compareText(a.name, b.name) || compareText(a.kind, b.kind) || compareText(a.uid, b.uid))
}

function thingsOfKey(record: KeyRecord, nowMs: number): DueThing[] {
  const { keyId, aliases, deletesAt, importedMaterial } = record
  const name = aliases[0] === undefined ? keyId : bareAlias(aliases[0])
  const thing = thingMaker(keyId, name, keyId)
  return [...thing('key-rotation', rotationDueAt(record, nowMs)), ...thing('key-deletion', deletesAt), ...thing('key-material-expiry', importedMaterial.expiresAt)]
}

/** What is in the recycle bin ends and does nothing else. */
function thingsOfSecret({ secretId, summary }: SecretEntry): DueThing[] {
  const { name, deletesAt, expiresAt, nextRotationAt } = summary
  const thing = thingMaker(name, name, secretId)
  if (deletesAt !== null) return thing('secret-deletion', deletesAt)
  return [...thing('secret-rotation', nextRotationAt), ...thing('secret-expiry', expiresAt)]
}

/** One that is revoked has ended already. */
async function certificateExpiries({ keys }: SecretSession): Promise<DueThing[]> {
  return (await keys.certificates.all()).flatMap((record) => {
    const { certificateId, status, subject, notAfter } = certificateMetadataOf(keys, record)
    const endsAt = status === 'REVOKED' || notAfter === null ? null : Date.parse(notAfter)
    return thingMaker(certificateId, subject, certificateId)('certificate-expiry', endsAt)
  })
}

function thingMaker(id: string, name: string, uid: string): (kind: Kind, at: number | null) => DueThing[] {
  return (kind, at) => (at === null ? [] : [{ kind, id, name, uid, at }])
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
