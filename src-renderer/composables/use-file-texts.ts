import { useI18n } from 'vue-i18n'
import type { JobSummary } from '../../src-shared/contract/files'
import { formatBytes } from '../i18n/format'
import { isUnderWay } from '../stores/jobs'
import type { QueueItem } from '../stores/queue'
import { durationParts } from './progress'

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
    return t(`files.${tense}.${job.kind}.${job.filesTotal > 1 ? 'many' : 'one'}`, { title: job.title, n: job.filesTotal })
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
    const failed = job.filesFailed > 0 ? t('files.filesFailed', job.filesFailed) : null
    return [countDone(job), failed, sizeDone(job), ...(isUnderWay(job) ? paceOf(job) : [])].filter((part) => part !== null).join(' · ')
  }

  /** Null for a job of one file, whose state says it all. */
  function countDone({ filesDone, filesTotal }: JobSummary): string | null {
    if (filesTotal === 1) return null
    return filesDone === filesTotal ? t('files.countFiles', filesTotal) : t('files.filesProgress', { done: filesDone, total: filesTotal })
  }

  /** Null when it would mislead: main counts the bytes of failed files as worked off. */
  function sizeDone(job: JobSummary): string | null {
    if (isUnderWay(job)) return t('files.progress', { done: formatBytes(job.bytesDone), total: formatBytes(job.bytesTotal) })
    return job.state === 'done' && job.filesFailed === 0 ? formatBytes(job.bytesDone) : null
  }

  return { countOf, headlineOf, paceOf, progressOf }
}
