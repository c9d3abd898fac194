import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import type { ChosenPath } from '../../src-shared/contract/desktop'
import type { JobSummary, collisionRules } from '../../src-shared/contract/files'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { limits } from '../../src-shared/model/limits'

/** What the queue can be asked for; re-encryption begins at a key. */
export type JobKind = Exclude<JobSummary['kind'], 'reencrypt'>
export type CollisionRule = (typeof collisionRules)[number]

/** The rules in the order they are offered. Values of the contract are not imported: they would bring its schemas along. */
export const collisionChoices = ['refuse', 'rename', 'replace'] as const satisfies readonly CollisionRule[]

/** Something the user has chosen and what shall be done with it. */
export interface QueueItem extends ChosenPath {
  kind: JobKind
}

/** How one group of the queue is to be carried out. */
export interface QueueOptions {
  /** Null: beside each original. */
  target: ChosenPath | null
  onCollision: CollisionRule
}

const defaults = (): QueueOptions => ({ target: null, onCollision: 'refuse' })

/** Files and folders chosen but not started. Handles are opaque and valid once, so a started item leaves the queue. */
export const useQueueStore = defineStore('queue', () => {
  const items = shallowRef<readonly QueueItem[]>([])
  const options = reactive<Record<JobKind, QueueOptions>>({ encrypt: defaults(), decrypt: defaults() })
  const keyId = ref<string | null>(null)
  const encryptionContext = shallowRef<EncryptionContext>({})
  const encrypt = computed(() => items.value.filter((item) => item.kind === 'encrypt'))
  const decrypt = computed(() => items.value.filter((item) => item.kind === 'decrypt'))

  /** Adds what was chosen: encrypted files to decrypt, all else to encrypt. Answers how many did not fit. */
  function add(paths: readonly ChosenPath[]): number {
    const room = limits.pathsPerCall - items.value.length
    const added = paths.slice(0, Math.max(0, room)).map((path): QueueItem => ({ ...path, kind: path.isEncrypted ? 'decrypt' : 'encrypt' }))
    items.value = [...items.value, ...added]
    return paths.length - added.length
  }

  function remove(handles: readonly string[]): void {
    const gone = new Set(handles)
    items.value = items.value.filter((item) => !gone.has(item.handle))
  }

  /** Puts an item into the other group. */
  function move(handle: string): void {
    items.value = items.value.map((item) =>
      item.handle === handle ? { ...item, kind: item.kind === 'encrypt' ? 'decrypt' : 'encrypt' } : item,
    )
  }

  /** A job has taken these items: they leave, and the target is forgotten because its handle is spent. The key and the rule stay. */
  function started(kind: JobKind, handles: readonly string[]): void {
    remove(handles)
    options[kind].target = null
    if (kind === 'encrypt') encryptionContext.value = {}
  }

  function clear(kind: JobKind): void {
    items.value = items.value.filter((item) => item.kind !== kind)
  }

  return { items, encrypt, decrypt, options, keyId, encryptionContext, add, remove, move, started, clear }
})
