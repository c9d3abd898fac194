import type { fileSchemas } from '../../../src-shared/contract/files'
import type { FileJobs } from '../../files/file-jobs'
import type { DesktopPort } from '../desktop-port'
import type { HandlersOf } from '../handlers'

/** File jobs and what they left behind. */
export function fileHandlers(files: FileJobs, desktop: DesktopPort): HandlersOf<typeof fileSchemas> {
  return {
    encryptFiles: (request, caller) => files.encryptFiles(caller, request),
    decryptFiles: (request, caller) => files.decryptFiles(caller, request),
    inspectFile: (request, caller) => files.inspectFile(request, caller),
    listJobs: async () => files.listJobs(),
    listJobFiles: async (request) => files.listJobFiles(request),
    cancelJob: async (request) => files.cancelJob(request),
    resumeJob: async (request) => files.resumeJob(request),
    dismissJob: async (request) => files.dismissJob(request),
    async showJobOutput({ jobId, index }) {
      desktop.showItemInFolder(files.outputPath(jobId, index))
      return {}
    },
  }
}
