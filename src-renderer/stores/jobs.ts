import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { JobSummary } from '../../src-shared/contract/files'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { kms, onEvent, waitForToken } from '../bridge'
import { asKmsError } from '../composables/use-call'
import type { CollisionRule, JobKind } from './queue'

/** A job as the Files page starts it. */
export interface JobOrder {
  kind: JobKind
  /** Handles of files and folders; they are spent by the start. */
  sources: string[]
  /** Handle; null: beside each original. */
  targetFolder: string | null
  onCollision: CollisionRule
  /** Needed to encrypt; each encrypted file names its own. */
  keyId: string | null
  encryptionContext: EncryptionContext
}

/** True while main still works on the job. */
export function isUnderWay(job: JobSummary): boolean {
  return job.state === 'preparing' || job.state === 'running'
}

/** File jobs since the unlock: kept up to date by main's events, newest first. */
export const useJobsStore = defineStore('jobs', () => {
  const jobs = shallowRef<readonly JobSummary[]>([])
  const dismissed = new Set<string>()
  /** Id of the latest finish-rotation job of each key. */
  const rotationJobs = shallowRef<ReadonlyMap<string, string>>(new Map())
  const finishedListeners = new Set<(job: JobSummary) => void>()
  const heard = new Set<string>()

  const running = computed(() => jobs.value.filter(isUnderWay))
  const finished = computed(() => jobs.value.filter((job) => !isUnderWay(job)))

  onEvent('jobChanged', (job) => {
    heard.add(job.jobId)
    accept(job)
  })

  function accept(job: JobSummary): void {
    if (dismissed.has(job.jobId)) return
    const before = jobs.value.find((other) => other.jobId === job.jobId)
    const others = jobs.value.filter((other) => other !== before)
    jobs.value = [...others, job].toSorted(newestFirst)
    const endsNow = !isUnderWay(job) && (before === undefined || isUnderWay(before))
    if (endsNow) for (const listener of finishedListeners) listener(job)
  }

  /** Reads the jobs that main knows, for example after the page was loaded anew. Throws KmsError. */
  async function load(): Promise<void> {
    heard.clear()
    const answer = await kms.listJobs()
    // What an event has said meanwhile is newer than the answer.
    const unheard = answer.jobs.filter((job) => !heard.has(job.jobId) && !dismissed.has(job.jobId))
    const kept = jobs.value.filter((job) => heard.has(job.jobId))
    jobs.value = [...kept, ...unheard].toSorted(newestFirst)
  }

  /** Starts a job. Throws KmsError; nothing has started then. */
  async function start(order: JobOrder): Promise<JobSummary> {
    const request = { sources: order.sources, targetFolder: order.targetFolder ?? undefined, onCollision: order.onCollision }
    const encryptionContext = Object.keys(order.encryptionContext).length > 0 ? order.encryptionContext : undefined
    const { job } =
      order.kind === 'encrypt'
        ? await kms.encryptFiles({ ...request, keyId: order.keyId ?? '', encryptionContext })
        : await kms.decryptFiles(request)
    if (!jobs.value.some((other) => other.jobId === job.jobId)) accept(job)
    return job
  }

  /** Begins or goes on with moving what a key has encrypted to its primary version. Throws KmsError. */
  async function finishRotation(keyId: string): Promise<JobSummary> {
    const { job } = await kms.finishRotation({ keyId })
    rotationJobs.value = new Map([...rotationJobs.value, [keyId, job.jobId]])
    if (!jobs.value.some((other) => other.jobId === job.jobId)) accept(job)
    return job
  }

  /** The latest finish-rotation job of a key; null when there was none since the unlock. */
  function rotationJobOf(keyId: string): JobSummary | null {
    const jobId = rotationJobs.value.get(keyId)
    return jobs.value.find((job) => job.jobId === jobId) ?? null
  }

  /** Asks main to stop; the state follows as an event. Throws KmsError. */
  async function cancel(jobId: string): Promise<void> {
    await kms.cancelJob({ jobId })
  }

  /** Goes on with the files that were refused for tokens, unless the user does not want to wait for one. Throws KmsError. */
  async function resume({ jobId, missedTokens = [] }: JobSummary): Promise<void> {
    for (const missed of missedTokens) if (!(await waitForToken('files', missed))) return
    await kms.resumeJob({ jobId })
  }

  /** Takes a finished job out of the list, also when main has forgotten it already. Throws KmsError. */
  async function dismiss(jobId: string): Promise<void> {
    try {
      await kms.dismissJob({ jobId })
    } catch (problem) {
      if (asKmsError(problem).code !== 'JOB_NOT_FOUND') throw problem
    }
    dismissed.add(jobId)
    jobs.value = jobs.value.filter((job) => job.jobId !== jobId)
  }

  /** Calls `listener` with each job that ends; answers the function that stops it. */
  function onFinished(listener: (job: JobSummary) => void): () => void {
    finishedListeners.add(listener)
    return () => void finishedListeners.delete(listener)
  }

  return { jobs, running, finished, load, start, finishRotation, rotationJobOf, cancel, resume, dismiss, onFinished }
})

function newestFirst(a: JobSummary, b: JobSummary): number {
  return Date.parse(b.startedAt) - Date.parse(a.startedAt)
}
