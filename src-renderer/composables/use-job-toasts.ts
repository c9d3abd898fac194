import { onBeforeUnmount } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'
import type { JobSummary } from '../../src-shared/contract/files'
import { KmsError } from '../../src-shared/errors'
import { kms } from '../bridge'
import { useJobsStore } from '../stores/jobs'
import { useResumeJob } from './use-resume-job'
import { useToasts } from './use-toasts'

/** Enough rows to find a finished file of a job without reading all of a large one. */
const searchedFiles = 500

/** Tells the outcome of each file job wherever the user is. For the shell, once. */
export function useJobToasts(): void {
  const { t } = useI18n()
  const toasts = useToasts()
  const jobs = useJobsStore()
  const route = useRoute()
  const resume = useResumeJob()
  /** Jobs for which a token has been asked for. */
  const asked = new Set<string>()

  async function showOutput(job: JobSummary): Promise<void> {
    try {
      const { files } = await kms.listJobFiles({ jobId: job.jobId, offset: 0, count: searchedFiles })
      const file = files.find((other) => other.state === 'done')
      if (file) await kms.showJobOutput({ jobId: job.jobId, index: file.index })
    } catch (problem) {
      toasts.failure(problem, t('files.showFailed'))
    }
  }

  function successOf(job: JobSummary): string {
    const files = t('files.countFiles', job.filesDone)
    if (job.kind === 'encrypt') return t('files.toast.doneEncrypt', { files })
    if (job.kind === 'decrypt') return t('files.toast.doneDecrypt', { files })
    return job.filesDone === 0 ? t('files.toast.nothingToReencrypt') : t('files.toast.doneReencrypt', { files })
  }

  /** Who looks at the jobs is asked for the token at once, elsewhere a message offers it; both but once. */
  function askForToken(job: JobSummary): void {
    const [missed] = job.missedTokens ?? []
    if (!missed) return
    if (route.name === 'files' && !asked.has(job.jobId)) void resume(job)
    else toasts.info(t(`files.toast.missed.${job.kind}`, { label: missed.label }), { label: t('files.resume'), run: () => void resume(job) }, 10_000)
    asked.add(job.jobId)
  }

  const stop = jobs.onFinished((job) => {
    if (job.missedTokens) return askForToken(job)
    const show = { label: t('files.toast.show'), run: () => void showOutput(job) }
    if (job.state === 'cancelled') return
    if (job.filesDone > 0 && job.filesFailed > 0) {
      toasts.info(t('files.toast.partly', { done: job.filesDone, failed: job.filesFailed }), show)
    } else if (job.state === 'done' && job.filesFailed === 0) {
      toasts.success(successOf(job), job.filesDone > 0 && job.kind !== 'reencrypt' ? show : undefined)
    } else if (job.code === null) {
      toasts.failure(new KmsError('INTERNAL', ''), t(`files.toast.failed.${job.kind}`))
    } else {
      toasts.failure(new KmsError(job.code, ''), t(`files.toast.failed.${job.kind}`))
    }
  })
  onBeforeUnmount(stop)
}
