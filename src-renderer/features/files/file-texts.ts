import { useI18n } from 'vue-i18n'
import type { JobSummary } from '../../../src-shared/contract/files'
import { formatBytes } from '../../i18n/format'
import { isUnderWay } from '../../stores/jobs'
import type { QueueItem } from '../../stores/queue'
import { durationParts } from './format'

/** How a job stands, with one word more than main's states: done although some files failed. */
export type JobOutcome = JobSummary['state'] | 'partly'

/** State of a job as shown: a job that has done some files and failed others is "partly" done. */
export function outcomeOf(job: JobSummary): JobOutcome {
  if (job.state !== 'done' || job.filesFailed === 0) return job.state
  return job.filesDone > 0 ? 'partly' : 'failed'
}

/** Sentences about files, jobs and their progress in the language of the window. */
export function useFileTexts() {
  const { t } = useI18n()

  /** "3 files", "1 folder", "2 files and 1 folder". */
  function countOf(items: readonly QueueItem[]): string {
    const folders = items.filter((item) => item.isFolder).length
    const plain = items.length - folders
    if (folders === 0) return t('files.countFiles', plain)
    if (plain === 0) return t('files.countFolders', folders)
    return t('files.countBoth', { files: t('files.countFiles', plain), folders: t('files.countFolders', folders) })
  }

  function headlineOf(job: JobSummary): string {
    const tense = isUnderWay(job) ? 'jobTitle' : job.state === 'done' && job.filesFailed === 0 ? 'jobTitleDone' : 'jobTitleStopped'
    const others = job.filesTotal - 1
    return t(`files.${tense}.${job.kind}.${others > 0 ? 'many' : 'one'}`, { title: job.title, n: others })
  }

  function timeLeft(seconds: number | null): string | null {
    if (seconds === null) return null
    const { unit, ...parts } = durationParts(seconds)
    return t('files.timeLeft', { time: t(`files.duration.${unit}`, parts) })
  }

  /** Speed and time left of something running; empty before they are known. */
  function paceOf(work: { bytesPerSecond: number; secondsLeft: number | null }): string[] {
    const speed = work.bytesPerSecond > 0 ? t('files.perSecond', { size: formatBytes(work.bytesPerSecond) }) : null
    return [speed, timeLeft(work.secondsLeft)].filter((part) => part !== null)
  }

  /** The line below a job's headline. */
  function progressOf(job: JobSummary): string {
    if (job.state === 'preparing') return t('files.preparing')
    const size = isUnderWay(job)
      ? t('files.progress', { done: formatBytes(job.bytesDone), total: formatBytes(job.bytesTotal) })
      : formatBytes(job.bytesDone)
    const count = job.filesDone === job.filesTotal ? t('files.countFiles', job.filesTotal) : t('files.filesProgress', { done: job.filesDone, total: job.filesTotal })
    const failed = job.filesFailed > 0 ? t('files.filesFailed', job.filesFailed) : null
    const pace = isUnderWay(job) ? paceOf(job) : []
    return [job.filesTotal > 1 ? count : null, failed, size, ...pace].filter((part) => part !== null).join(' · ')
  }

  return { countOf, headlineOf, paceOf, progressOf }
}
