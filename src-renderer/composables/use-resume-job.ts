import { useI18n } from 'vue-i18n'
import type { JobSummary } from '../../src-shared/contract/files'
import { useJobsStore } from '../stores/jobs'
import { useToasts } from './use-toasts'

/** Goes on with the files of a job that were refused for a token, after asking for it; what goes wrong is said in a message. */
export function useResumeJob() {
  const { t } = useI18n()
  const toasts = useToasts()
  const jobs = useJobsStore()

  return async (job: JobSummary): Promise<void> => {
    try {
      await jobs.resume(job)
    } catch (problem) {
      toasts.failure(problem, t('files.resumeFailed'))
    }
  }
}
