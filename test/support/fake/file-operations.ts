import type { ChosenPath } from '../../../src-shared/contract/desktop'
import type { JobFile, JobSummary } from '../../../src-shared/contract/files'
import { sampleHeader } from './inspections'
import type { FakeOperations, FakeState } from './state'
import { refuse } from './refuse'

type FileName =
  | 'encryptFiles' | 'decryptFiles' | 'inspectFile' | 'listJobs' | 'listJobFiles' | 'cancelJob' | 'resumeJob' | 'dismissJob' | 'showJobOutput'
  | 'chooseFiles' | 'chooseFolder' | 'chooseBackupFile' | 'chooseBackupTarget'

const mib = 1024 * 1024
let handles = 0

export function fakeHandle(): string {
  handles += 1
  return `h-${handles.toString(16).padStart(32, '0')}`
}

export function fakePath(name: string, sizeBytes: number | null = 42 * mib): ChosenPath {
  return { handle: fakeHandle(), name, isFolder: sizeBytes === null, sizeBytes, isEncrypted: name.endsWith('.ksenc') || name.endsWith('.encrypted') }
}

/** A job that runs by itself; `onEnd` is told whether it got through. */
export function newJob(state: FakeState, kind: JobSummary['kind'], count: number, onEnd: (hasFinished: boolean) => void = () => undefined): { job: JobSummary } {
  const jobId = `job-${state.jobs.length + 1}`
  const each = { state: 'waiting', bytesTotal: 120 * mib, bytesDone: 0, bytesPerSecond: 0, secondsLeft: null, code: null, tokenLabel: null, outputName: null } as const
  const files: JobFile[] = Array.from({ length: count }, (_, index) => ({ ...each, index, name: index === 0 ? 'report-2026.pdf' : `archive/part-${index}.bin` }))
  const job: JobSummary = {
    jobId, kind, state: 'preparing', startedAt: new Date().toISOString(), finishedAt: null, filesTotal: count, filesDone: 0, filesFailed: 0,
    bytesTotal: count * 120 * mib, bytesDone: 0, bytesPerSecond: 0, secondsLeft: null, title: files[0]?.name ?? '', code: null,
  }
  const entry = { job, files }
  state.jobs = [...state.jobs, entry]
  const speed = 380 * mib
  const timer = setInterval(() => {
    if (entry.job.state === 'cancelled') {
      clearInterval(timer)
      return onEnd(false)
    }
    const bytesDone = Math.min(entry.job.bytesTotal, entry.job.bytesDone + speed / 5)
    const isDone = bytesDone === entry.job.bytesTotal
    entry.files = entry.files.map((file) => {
      const own = Math.max(0, Math.min(file.bytesTotal, bytesDone - file.index * file.bytesTotal))
      const fileState = own === file.bytesTotal ? 'done' : own > 0 ? 'running' : 'waiting'
      return { ...file, bytesDone: own, state: fileState, bytesPerSecond: fileState === 'running' ? speed : 0, outputName: fileState === 'done' ? `${file.name}.ksenc` : null }
    })
    entry.job = {
      ...entry.job, bytesDone, state: isDone ? 'done' : 'running', filesDone: entry.files.filter((file) => file.state === 'done').length,
      bytesPerSecond: isDone ? 0 : speed, secondsLeft: isDone ? null : (entry.job.bytesTotal - bytesDone) / speed, finishedAt: isDone ? new Date().toISOString() : null,
    }
    if (isDone) {
      clearInterval(timer)
      onEnd(true)
    }
    state.emit('jobChanged', entry.job)
  }, 200)
  state.emit('jobChanged', job)
  return { job }
}

/** Files, jobs and dialogs of the fake main. */
export function fileOperations(state: FakeState): Pick<FakeOperations, FileName> {
  const entryOf = (jobId: string) => state.jobs.find(({ job }) => job.jobId === jobId) ?? refuse('JOB_NOT_FOUND')
  return {
    encryptFiles: async ({ sources }) => newJob(state, 'encrypt', sources.length),
    decryptFiles: async ({ sources }) => newJob(state, 'decrypt', sources.length),
    inspectFile: async () => ({ header: sampleHeader(state) }),
    listJobs: async () => ({ jobs: state.jobs.map(({ job }) => job) }),
    async listJobFiles({ jobId, offset = 0, count = 100 }) {
      const { files } = entryOf(jobId)
      return { total: files.length, files: files.slice(offset, offset + count) }
    },
    async cancelJob({ jobId }) {
      const entry = entryOf(jobId)
      entry.job = { ...entry.job, state: 'cancelled', code: 'CANCELLED', secondsLeft: null, finishedAt: new Date().toISOString() }
      state.emit('jobChanged', entry.job)
      return {}
    },
    async resumeJob({ jobId }) {
      const entry = entryOf(jobId)
      entry.job = { ...entry.job, state: 'done', code: null, filesDone: entry.job.filesTotal, filesFailed: 0, missedTokens: undefined }
      state.emit('jobChanged', entry.job)
      return { job: entry.job }
    },
    async dismissJob({ jobId }) {
      state.jobs = state.jobs.filter(({ job }) => job.jobId !== jobId)
      return {}
    },
    showJobOutput: async () => ({}),
    chooseFiles: async ({ what }) => ({ paths: what === 'folders' ? [fakePath('contracts', null)] : [fakePath('report-2026.pdf'), fakePath('ledger.csv', 5 * mib)] }),
    chooseFolder: async () => ({ folder: fakePath('Encrypted', null) }),
    chooseBackupFile: async () => ({ file: fakePath('keystead-2026-03-01.backup', 412_672) }),
    chooseBackupTarget: async () => ({ target: { handle: fakeHandle(), name: 'keystead-2026-03-14.backup' } }),
  }
}
