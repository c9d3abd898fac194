import type { RotationTargetInput, RotationTargetView } from '../../../../src-shared/contract/secret-rotation'
import type { RotationTargetKind } from '../../../../src-shared/model/secrets'

/** A program as the dialog of the window answers it. */
export interface ChosenProgram {
  handle: string
  name: string
  path: string
}

/** One argument of a command. */
export interface ArgumentRow {
  id: number
  text: string
}

/** A target as the form holds it, for every kind, so that changing the kind forgets nothing. */
export interface TargetDraft {
  kind: RotationTargetKind
  place: 'address' | 'socket'
  host: string
  /** Null: the usual port of the kind. */
  port: number | null
  socketPath: string
  database: string
  accountHost: string
  /** An administrator sets the new password; otherwise each account sets its own. */
  usesAdmin: boolean
  adminSecretName: string | null
  user: string
  hostKeyFingerprint: string
  /** Chosen now; null while the one of the saved target stays. */
  program: ChosenProgram | null
  /** Path of the saved target's program. */
  savedProgram: string | null
  args: ArgumentRow[]
  timeoutSeconds: number
}

/** What is wrong with a target; names of the texts below `secretRotation.fault`. */
export type TargetFault = 'host' | 'port' | 'socket' | 'admin' | 'user' | 'program' | 'timeout' | 'arguments'

export const usualPorts: Readonly<Partial<Record<RotationTargetKind, number>>> = { postgresql: 5432, mysql: 3306, redis: 6379, ssh: 22 }

const mostArguments = 32
const argumentChars = 1024
let nextId = 0

export function newArgument(text = ''): ArgumentRow {
  return { id: nextId++, text }
}

/** The form for a target that is set, or for a first one of these kinds. */
export function targetDraftOf(view: RotationTargetView | null, kinds: readonly RotationTargetKind[]): TargetDraft {
  return {
    kind: view?.kind ?? kinds[0] ?? 'command',
    place: view?.socketPath ? 'socket' : 'address',
    host: view?.host ?? '127.0.0.1',
    port: view?.port ?? null,
    socketPath: view?.socketPath ?? '',
    database: view?.database ?? 'postgres',
    accountHost: view?.accountHost ?? '%',
    usesAdmin: view?.adminSecretName != null,
    adminSecretName: view?.adminSecretName ?? null,
    user: view?.user ?? '',
    hostKeyFingerprint: view?.hostKeyFingerprint ?? '',
    program: null,
    savedProgram: view?.program ?? null,
    args: (view?.args ?? []).map((text) => newArgument(text)),
    timeoutSeconds: view?.timeoutSeconds ?? 60,
  }
}

/** True for servers that accounts log in to: they listen at an address or a socket and may have an administrator. */
export function isServer(kind: RotationTargetKind): kind is 'postgresql' | 'mysql' | 'redis' {
  return kind === 'postgresql' || kind === 'mysql' || kind === 'redis'
}

/** The first thing that keeps the target from being saved. */
export function targetFault(draft: TargetDraft): TargetFault | null {
  if (draft.kind === 'command') return commandFault(draft)
  if (draft.kind === 'ssh') return placeFault(draft) ?? (draft.user.trim() === '' ? 'user' : null)
  if (draft.place === 'socket' && !/^\/./.test(draft.socketPath.trim())) return 'socket'
  return (draft.place === 'address' ? placeFault(draft) : null) ?? (draft.usesAdmin && draft.adminSecretName === null ? 'admin' : null)
}

/** The target as setSecretRotationTarget takes it. */
export function targetRequest(draft: TargetDraft): RotationTargetInput {
  const { kind, timeoutSeconds } = draft
  if (kind === 'command') {
    return { kind, ...(draft.program === null ? {} : { program: draft.program.handle }), args: argumentsOf(draft), timeoutSeconds }
  }
  const host = draft.host.trim()
  if (kind === 'ssh') {
    const fingerprint = draft.hostKeyFingerprint.trim()
    return { kind, host, ...(draft.port === null ? {} : { port: draft.port }), user: draft.user.trim(), ...(fingerprint === '' ? {} : { hostKeyFingerprint: fingerprint }) }
  }
  const admin = draft.usesAdmin && draft.adminSecretName !== null ? { adminSecretName: draft.adminSecretName } : {}
  const place = draft.place === 'socket' ? { socketPath: draft.socketPath.trim() } : { host, ...(draft.port === null ? {} : { port: draft.port }) }
  if (kind === 'postgresql') return { kind, ...place, ...admin, ...(draft.database.trim() === '' ? {} : { database: draft.database.trim() }) }
  return kind === 'mysql' ? { kind, ...place, ...admin, ...(draft.accountHost.trim() === '' ? {} : { accountHost: draft.accountHost.trim() }) } : { kind, ...place, ...admin }
}

/** The arguments in their order; an empty row is an empty argument only between others, so those at the end are left out. */
export function argumentsOf({ args }: TargetDraft): string[] {
  const texts = args.map(({ text }) => text)
  while (texts.at(-1) === '') texts.pop()
  return texts
}

/** True when another program or other arguments would be run than those that were confirmed. */
export function isOtherCommand(draft: TargetDraft, view: RotationTargetView | null): boolean {
  return draft.kind === 'command' && (view?.kind !== 'command' || draft.program !== null || JSON.stringify(argumentsOf(draft)) !== JSON.stringify(view.args))
}

/** This machine only: targets elsewhere would need the network. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(host)
}

function placeFault({ host, port }: TargetDraft): TargetFault | null {
  if (!isLoopback(host.trim())) return 'host'
  return port !== null && (!Number.isInteger(port) || port < 1 || port > 65_535) ? 'port' : null
}

function commandFault(draft: TargetDraft): TargetFault | null {
  if (draft.program === null && draft.savedProgram === null) return 'program'
  const texts = argumentsOf(draft)
  if (texts.length > mostArguments || texts.some((text) => text.length > argumentChars)) return 'arguments'
  return Number.isInteger(draft.timeoutSeconds) && draft.timeoutSeconds >= 1 && draft.timeoutSeconds <= 600 ? null : 'timeout'
}
