import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ChosenPath } from '../../../src-shared/contract/desktop'
import type { JobSummary } from '../../../src-shared/contract/files'
import { KmsError } from '../../../src-shared/errors'
import { limits } from '../../../src-shared/model/limits'
import { outcomeOf } from '../../../src-renderer/composables/use-file-texts'
import { useJobsStore, type JobOrder } from '../../../src-renderer/stores/jobs'
import { useQueueStore } from '../../../src-renderer/stores/queue'
import { installFakeBridge } from '../../support/fake-bridge'
import type { FakeState } from '../../support/fake/state'

let main: FakeState
let requests: { operation: string; request: unknown }[]

const job = (jobId: string, part: Partial<JobSummary> = {}): JobSummary => ({
  jobId,
  kind: 'encrypt',
  state: 'running',
  startedAt: '2026-03-14T09:00:00Z',
  finishedAt: null,
  filesTotal: 2,
  filesDone: 0,
  filesFailed: 0,
  bytesTotal: 100,
  bytesDone: 0,
  bytesPerSecond: 0,
  secondsLeft: null,
  title: 'a.txt',
  code: null,
  ...part,
})
const path = (handle: string, part: Partial<ChosenPath> = {}): ChosenPath => ({
  handle,
  name: `${handle}.txt`,
  isFolder: false,
  sizeBytes: 10,
  isEncrypted: false,
  ...part,
})
const order = (part: Partial<JobOrder> = {}): JobOrder => ({
  kind: 'encrypt',
  sources: ['h-1'],
  targetFolder: null,
  onCollision: 'refuse',
  keyId: 'k-1',
  encryptionContext: {},
  ...part,
})

beforeEach(() => {
  main = installFakeBridge({ status: { state: 'unlocked' } })
  requests = []
  for (const operation of ['encryptFiles', 'decryptFiles', 'finishRotation', 'cancelJob'] as const) {
    const operations = window.keystead.operations as unknown as Record<string, (request: unknown) => Promise<unknown>>
    operations[operation] = async (request) => {
      requests.push({ operation, request })
      return { ok: true, value: { job: job('j-new') } }
    }
  }
  setActivePinia(createPinia())
})

describe('jobs', () => {
  it('follows events, newest first, and parts running from finished', () => {
    const jobs = useJobsStore()
    main.emit('jobChanged', job('j-1'))
    main.emit('jobChanged', job('j-2', { startedAt: '2026-03-14T09:05:00Z', state: 'preparing' }))
    main.emit('jobChanged', job('j-1', { state: 'done', bytesDone: 100 }))
    expect(jobs.jobs.map(({ jobId }) => jobId)).toEqual(['j-2', 'j-1'])
    expect(jobs.running.map(({ jobId }) => jobId)).toEqual(['j-2'])
    expect(jobs.finished).toEqual([job('j-1', { state: 'done', bytesDone: 100 })])
  })

  it('tells of each end once', () => {
    const jobs = useJobsStore()
    const ends: string[] = []
    const stop = jobs.onFinished(({ jobId, state }) => ends.push(`${jobId} ${state}`))
    main.emit('jobChanged', job('j-1'))
    main.emit('jobChanged', job('j-1', { state: 'done' }))
    main.emit('jobChanged', job('j-1', { state: 'done' }))
    main.emit('jobChanged', job('j-2', { state: 'failed' }))
    stop()
    main.emit('jobChanged', job('j-3', { state: 'done' }))
    expect(ends).toEqual(['j-1 done', 'j-2 failed'])
  })

  it('reads what main knows, and what an event says meanwhile wins', async () => {
    const jobs = useJobsStore()
    main.jobs = [
      { job: job('j-1', { bytesDone: 10 }), files: [] },
      { job: job('j-2', { state: 'done' }), files: [] },
    ]
    const loading = jobs.load()
    main.emit('jobChanged', job('j-1', { bytesDone: 90 }))
    await loading
    expect(jobs.jobs.find(({ jobId }) => jobId === 'j-1')?.bytesDone).toBe(90)
    expect(jobs.jobs.map(({ jobId }) => jobId).toSorted()).toEqual(['j-1', 'j-2'])
  })

  it('forgets a dismissed job for good, and keeps one that could not be dismissed', async () => {
    const jobs = useJobsStore()
    main.emit('jobChanged', job('j-1', { state: 'done' }))
    main.failures.set('dismissJob', new KmsError('INVALID_PARAMETER', 'still running'))
    await expect(jobs.dismiss('j-1')).rejects.toMatchObject({ code: 'INVALID_PARAMETER' })
    expect(jobs.jobs).toHaveLength(1)
    await jobs.dismiss('j-1')
    main.emit('jobChanged', job('j-1', { state: 'done' }))
    expect(jobs.jobs).toEqual([])
  })

  it('takes a job out that main has forgotten', async () => {
    const jobs = useJobsStore()
    main.emit('jobChanged', job('j-1', { state: 'done' }))
    main.failures.set('dismissJob', new KmsError('JOB_NOT_FOUND', 'gone'))
    await jobs.dismiss('j-1')
    expect(jobs.jobs).toEqual([])
  })

  it('asks main to encrypt with key, context and target', async () => {
    const started = await useJobsStore().start(order({ targetFolder: 'h-9', onCollision: 'rename', encryptionContext: { project: 'x' } }))
    expect(started.jobId).toBe('j-new')
    expect(requests).toEqual([
      {
        operation: 'encryptFiles',
        request: { sources: ['h-1'], targetFolder: 'h-9', onCollision: 'rename', keyId: 'k-1', encryptionContext: { project: 'x' } },
      },
    ])
    expect(useJobsStore().running.map(({ jobId }) => jobId)).toEqual(['j-new'])
  })

  it('asks main to decrypt without key or context', async () => {
    await useJobsStore().start(order({ kind: 'decrypt', encryptionContext: { ignored: 'x' } }))
    expect(requests).toEqual([{ operation: 'decryptFiles', request: { sources: ['h-1'], targetFolder: undefined, onCollision: 'refuse' } }])
  })

  it('does not replace by its start what events have already told', async () => {
    const jobs = useJobsStore()
    main.emit('jobChanged', job('j-new', { state: 'done', bytesDone: 100 }))
    await jobs.start(order())
    expect(jobs.jobs.map(({ state }) => state)).toEqual(['done'])
  })

  it('remembers the latest finish-rotation job of each key', async () => {
    const jobs = useJobsStore()
    expect(jobs.rotationJobOf('k-1')).toBeNull()
    await jobs.finishRotation('k-1')
    expect(requests).toEqual([{ operation: 'finishRotation', request: { keyId: 'k-1' } }])
    expect(jobs.rotationJobOf('k-1')?.jobId).toBe('j-new')
    main.emit('jobChanged', job('j-new', { kind: 'reencrypt', state: 'done' }))
    expect(jobs.rotationJobOf('k-1')?.state).toBe('done')
    expect(jobs.rotationJobOf('k-2')).toBeNull()
  })

  it('cancels through main', async () => {
    await useJobsStore().cancel('j-1')
    expect(requests).toEqual([{ operation: 'cancelJob', request: { jobId: 'j-1' } }])
  })
})

describe('queue', () => {
  it('parts encrypted files from the others and can move one', () => {
    const queue = useQueueStore()
    queue.add([path('h-1'), path('h-2', { isEncrypted: true }), path('h-3', { isFolder: true, sizeBytes: null })])
    expect(queue.encrypt.map(({ handle }) => handle)).toEqual(['h-1', 'h-3'])
    expect(queue.decrypt.map(({ handle }) => handle)).toEqual(['h-2'])
    queue.move('h-3')
    expect(queue.decrypt.map(({ handle }) => handle)).toEqual(['h-2', 'h-3'])
    queue.move('h-3')
    expect(queue.encrypt.map(({ handle }) => handle)).toEqual(['h-1', 'h-3'])
  })

  it('takes as many as one call may carry and says how many were left', () => {
    const queue = useQueueStore()
    const many = Array.from({ length: limits.pathsPerCall - 1 }, (_, index) => path(`h-${index}`))
    expect(queue.add(many)).toBe(0)
    expect(queue.add([path('h-a'), path('h-b'), path('h-c')])).toBe(2)
    expect(queue.items).toHaveLength(limits.pathsPerCall)
    expect(queue.add([path('h-d')])).toBe(1)
  })

  it('lets only the started items go, and the target with them', () => {
    const queue = useQueueStore()
    queue.add([path('h-1'), path('h-2'), path('h-3', { isEncrypted: true })])
    queue.keyId = 'k-1'
    queue.encryptionContext = { project: 'x' }
    queue.options.encrypt.target = path('h-9', { isFolder: true })
    queue.options.encrypt.onCollision = 'rename'
    queue.options.decrypt.target = path('h-8', { isFolder: true })
    queue.started('encrypt', ['h-1'])
    expect(queue.items.map(({ handle }) => handle)).toEqual(['h-2', 'h-3'])
    expect(queue.options.encrypt).toEqual({ target: null, onCollision: 'rename' })
    expect(queue.options.decrypt.target?.handle).toBe('h-8')
    expect([queue.keyId, queue.encryptionContext]).toEqual(['k-1', {}])
  })

  it('removes single items and clears one group', () => {
    const queue = useQueueStore()
    queue.add([path('h-1'), path('h-2'), path('h-3', { isEncrypted: true })])
    queue.remove(['h-1'])
    queue.clear('decrypt')
    expect(queue.items.map(({ handle }) => handle)).toEqual(['h-2'])
  })
})

describe('outcomeOf', () => {
  it.each([
    [{ state: 'done', filesDone: 2 }, 'done'],
    [{ state: 'done', filesDone: 1, filesFailed: 1 }, 'partly'],
    [{ state: 'done', filesDone: 0, filesFailed: 2 }, 'failed'],
    [{ state: 'cancelled', filesDone: 1 }, 'cancelled'],
    [{ state: 'running', filesFailed: 1 }, 'running'],
  ] as [Partial<JobSummary>, string][])('says of %j: %s', (part, outcome) => {
    expect(outcomeOf(job('j-1', part))).toBe(outcome)
  })
})
