import type { ErrorCode } from '../../src-shared/errors'
import type { KeyState } from '../../src-shared/model/keys'
import { stateRefusal, type StateOperation } from '../../src-shared/model/state-table'

const dayMs = 86_400_000

export const modelKinds = ['aes', 'external', 'pair', 'hmac'] as const
export type ModelKind = (typeof modelKinds)[number]

/** One step of a sequence. Keys, versions and ciphertexts are numbered in the order of their making, modulo how many there are. */
export type Step =
  | { do: 'create'; kind: ModelKind; rotationDays: number | null }
  | { do: 'enable' | 'disable' | 'cancel' | 'rotate' | 'addVersion' | 'encrypt'; key: number }
  | { do: 'schedule'; key: number; days: number }
  | { do: 'protect'; key: number; on: boolean }
  | { do: 'policy'; key: number; on: boolean; days: number | null }
  | { do: 'retire'; key: number; version: number }
  | { do: 'import'; key: number; days: number | null }
  | { do: 'deleteMaterial'; key: number }
  | { do: 'createAlias' | 'updateAlias'; key: number; name: number }
  | { do: 'deleteAlias'; name: number }
  | { do: 'tag'; key: number; name: number; value: number }
  | { do: 'untag'; key: number; name: number }
  | { do: 'decrypt'; blob: number }
  | { do: 'pass'; days: number }
  | { do: 'relock' }

export type Outcome = 'ok' | ErrorCode

export interface ModelKey {
  /** Number of the key. */
  number: number
  kind: ModelKind
  state: KeyState
  /** When each version was made. */
  versions: number[]
  minimum: number
  rotation: { on: boolean; days: number | null }
  deletesAt: number | null
  /** Keys of every other kind always have it. */
  hasMaterial: boolean
  expiresAt: number | null
  /** When each import token that has not expired was made. */
  tokens: number[]
  isProtected: boolean
  aliases: Set<number>
  tags: Map<number, number>
  lastUseAt: number
}

interface ModelBlob {
  key: number
  version: number
}

/** What keys do, with no vault, no cryptography and no index: the answer to every step and the state after it. */
export class KeyModel {
  /** Without those that were destroyed. */
  readonly keys = new Map<number, ModelKey>()
  readonly blobs: ModelBlob[] = []
  made = 0
  clock: number
  #newest = 0

  constructor(clock: number) {
    this.clock = clock
  }

  get now(): number {
    return (this.#newest = Math.max(this.#newest, this.clock))
  }

  run(step: Step): Outcome {
    switch (step.do) {
      case 'create':
        return this.#create(step.kind, step.rotationDays)
      case 'deleteAlias':
        return this.#deleteAlias(step.name)
      case 'decrypt':
        return this.#decrypt(step.blob)
      case 'pass':
        this.clock += step.days * dayMs
        return this.#catchUp()
      case 'relock':
        this.#newest = Math.max(0, ...[...this.keys.values()].flatMap(({ versions, lastUseAt, tokens }) => [versions.at(-1) ?? 0, lastUseAt, ...tokens]))
        return this.#catchUp()
      default:
        return this.#onKey(step)
    }
  }

  /** The number of the key that a step means; null when there never was one. */
  keyOf(number: number): number | null {
    return this.made === 0 ? null : number % this.made
  }

  #onKey(step: Exclude<Step, { do: 'create' | 'deleteAlias' | 'decrypt' | 'pass' | 'relock' }>): Outcome {
    const key = this.keys.get(this.keyOf(step.key) ?? -1)
    if (!key) return 'KEY_NOT_FOUND'
    if (step.do === 'import') return this.#import(key, step.days)
    const refusal = stateRefusal(operationOf[step.do], key.state)
    if (refusal !== null) return refusal
    const isRotating = key.kind === 'aes'
    const notRotating = key.kind === 'external' ? 'UNSUPPORTED_ORIGIN' : 'UNSUPPORTED_OPERATION'
    switch (step.do) {
      case 'enable':
        key.state = 'Enabled'
        return 'ok'
      case 'disable':
        key.state = 'Disabled'
        return 'ok'
      case 'schedule':
        if (key.isProtected) return 'DELETION_PROTECTED'
        key.state = 'PendingDeletion'
        key.deletesAt = this.now + step.days * dayMs
        return 'ok'
      case 'cancel':
        key.state = key.hasMaterial ? 'Enabled' : 'PendingImport'
        key.deletesAt = null
        return 'ok'
      case 'protect':
        key.isProtected = step.on
        return 'ok'
      case 'rotate':
        if (!isRotating) return notRotating
        key.versions.push(this.now)
        return 'ok'
      case 'addVersion':
        return this.#addVersion(key)
      case 'policy':
        if (!isRotating) return notRotating
        return this.#setPolicy(key, step.on, step.days)
      case 'retire':
        if (key.kind === 'pair' || key.kind === 'hmac') return 'UNSUPPORTED_OPERATION'
        key.minimum = step.version % key.versions.length
        return 'ok'
      case 'deleteMaterial':
        if (key.kind !== 'external') return 'UNSUPPORTED_ORIGIN'
        loseMaterial(key)
        return 'ok'
      case 'createAlias':
        if (this.#ownerOf(step.name)) return 'ALIAS_EXISTS'
        key.aliases.add(step.name)
        return 'ok'
      case 'updateAlias': {
        const owner = this.#ownerOf(step.name)
        if (!owner) return 'ALIAS_NOT_FOUND'
        owner.aliases.delete(step.name)
        key.aliases.add(step.name)
        return 'ok'
      }
      case 'tag':
        key.tags.set(step.name, step.value)
        return 'ok'
      case 'untag':
        key.tags.delete(step.name)
        return 'ok'
      case 'encrypt':
        if (key.kind === 'pair' || key.kind === 'hmac') return 'UNSUPPORTED_OPERATION'
        key.lastUseAt = this.now
        this.blobs.push({ key: key.number, version: key.versions.length - 1 })
        return 'ok'
    }
  }

  #create(kind: ModelKind, days: number | null): Outcome {
    if (days !== null && kind !== 'aes') return 'INVALID_PARAMETER'
    const number = this.made++
    this.keys.set(number, {
      number,
      kind,
      state: kind === 'external' ? 'PendingImport' : 'Enabled',
      versions: [this.now],
      minimum: 0,
      rotation: { on: days !== null, days },
      deletesAt: null,
      hasMaterial: kind !== 'external',
      expiresAt: null,
      tokens: [],
      isProtected: false,
      aliases: new Set(),
      tags: new Map(),
      lastUseAt: 0,
    })
    return 'ok'
  }

  /** With a token of its own, which is made in every state. */
  #import(key: ModelKey, days: number | null): Outcome {
    if (key.kind !== 'external') return 'UNSUPPORTED_ORIGIN'
    key.tokens.push(this.now)
    const refusal = stateRefusal('importKeyMaterial', key.state)
    if (refusal !== null) return refusal
    key.hasMaterial = true
    key.expiresAt = days === null ? null : expiryAfter(this.now, days)
    if (key.state === 'PendingImport') key.state = 'Enabled'
    return 'ok'
  }

  #addVersion(key: ModelKey): Outcome {
    if (key.kind !== 'pair') return 'UNSUPPORTED_OPERATION'
    if ((key.versions.at(-1) ?? 0) + 7 * dayMs > this.now || key.versions.length === 50) return 'LIMIT_EXCEEDED'
    key.versions.push(this.now)
    return 'ok'
  }

  #setPolicy(key: ModelKey, on: boolean, given: number | null): Outcome {
    const days = given ?? key.rotation.days
    if (on && days === null) return 'MISSING_PARAMETER'
    key.rotation = { on, days }
    this.#rotateWhenDue(key)
    return 'ok'
  }

  #deleteAlias(name: number): Outcome {
    const owner = this.#ownerOf(name)
    owner?.aliases.delete(name)
    return owner ? 'ok' : 'ALIAS_NOT_FOUND'
  }

  #decrypt(number: number): Outcome {
    const blob = this.blobs[number % this.blobs.length]
    const key = blob && this.keys.get(blob.key)
    if (!blob || !key) return 'KEY_NOT_FOUND'
    const refusal = stateRefusal('decrypt', key.state)
    if (refusal !== null) return refusal
    if (blob.version < key.minimum) return 'KEY_VERSION_RETIRED'
    key.lastUseAt = this.now
    return 'ok'
  }

  #catchUp(): Outcome {
    const { now } = this
    for (const key of this.keys.values()) {
      key.tokens = key.tokens.filter((madeAt) => madeAt + dayMs > now)
      if (key.expiresAt !== null && key.expiresAt <= now) loseMaterial(key)
      if (key.deletesAt !== null && key.deletesAt <= now) this.keys.delete(key.number)
      else this.#rotateWhenDue(key)
    }
    return 'ok'
  }

  #rotateWhenDue({ state, rotation, versions }: ModelKey): void {
    const dueAt = (versions.at(-1) ?? 0) + (rotation.days ?? 0) * dayMs
    if (state === 'Enabled' && rotation.on && dueAt <= this.now) versions.push(this.now)
  }

  #ownerOf(name: number): ModelKey | null {
    return [...this.keys.values()].find(({ aliases }) => aliases.has(name)) ?? null
  }
}

/** The end of material that is to live for so many days, to the second. */
export function expiryAfter(nowMs: number, days: number): number {
  return Math.floor((nowMs + days * dayMs) / 1000) * 1000
}

function loseMaterial(key: ModelKey): void {
  key.hasMaterial = false
  key.expiresAt = null
  if (key.state !== 'PendingDeletion') key.state = 'PendingImport'
}

const operationOf = {
  enable: 'enableKey',
  disable: 'disableKey',
  cancel: 'cancelKeyDeletion',
  rotate: 'rotateKey',
  addVersion: 'createKeyVersion',
  encrypt: 'encrypt',
  schedule: 'scheduleKeyDeletion',
  protect: 'setDeletionProtection',
  policy: 'updateRotationPolicy',
  retire: 'setMinimumDecryptionVersion',
  createAlias: 'createAlias',
  updateAlias: 'updateAlias',
  deleteMaterial: 'deleteKeyMaterial',
  tag: 'tagResource',
  untag: 'untagResource',
} as const satisfies Record<string, StateOperation>
