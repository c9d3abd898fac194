import { stat } from 'node:fs/promises'
import type { JobFile, JobSummary } from '../../../../src-shared/contract/files'
import { KmsError } from '../../../../src-shared/errors'
import { UsageError } from '../arguments'
import { problemText } from '../problem-texts'
import { ProgressBar } from '../progress'
import type { CliSession } from '../session'

export interface FileCommand {
  output: string | null
  force: boolean
  files: string[]
}

export interface EncryptCommand extends FileCommand {
  key: string
  context: Record<string, string>
}

const filesPerCall = 500

/** Encrypts files and folders, one output file each. */
export async function runEncrypt(session: CliSession, command: EncryptCommand): Promise<void> {
  await session.unlock()
  const { job } = await session.run('encryptFiles', {
    ...(await jobRequest(session, command)),
    keyId: command.key,
    encryptionContext: command.context,
  })
  await finish(session, job)
}

/** Decrypts files and folders. */
export async function runDecrypt(session: CliSession, command: FileCommand): Promise<void> {
  await session.unlock()
  const { job } = await session.run('decryptFiles', await jobRequest(session, command))
  await finish(session, job)
}

async function jobRequest(session: CliSession, { files, output, force }: FileCommand) {
  const sources = files.map((file) => session.handleOf(file, 'source'))
  const onCollision: 'replace' | 'refuse' = force ? 'replace' : 'refuse'
  if (output === null) return { sources, onCollision }
  if (await isFolder(output)) return { sources, onCollision, targetFolder: session.handleOf(output, 'folder') }
  if (files.length > 1) throw new UsageError('-o must be an existing folder when there are several files')
  return { sources, onCollision, targetFile: session.handleOf(output, 'target') }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** Waits for the job, shows progress, prints what was written, and throws the first failure. */
async function finish(session: CliSession, started: JobSummary): Promise<void> {
  const print = (line: string) => session.print(line)
  await report(session, await endWithTokens(session, started, print), print)
}

/** Waits for the job of an answered call, shows progress, and gives the answer with the job as it ended. Throws the first failure. */
export async function finishQuietly(session: CliSession, { job }: { job: JobSummary }): Promise<{ job: JobSummary }> {
  const ended = await endWithTokens(session, job, () => undefined)
  await report(session, ended, () => undefined)
  return { job: ended }
}

/** Waits for the job, and goes on with files that were refused for a token when somebody has logged in to it. */
async function endWithTokens(session: CliSession, started: JobSummary, print: (line: string) => void): Promise<JobSummary> {
  const ended = await jobEnd(session, started)
  if (!ended.missedTokens) return ended
  try {
    for (const missed of ended.missedTokens) await session.logInTo(missed)
  } catch (error) {
    // What was done is told, and then what is missing.
    await report(session, ended, print).catch(() => undefined)
    throw error
  }
  return jobEnd(session, (await session.run('resumeJob', { jobId: ended.jobId })).job)
}

async function jobEnd(session: CliSession, started: JobSummary): Promise<JobSummary> {
  const { files } = session.application
  const bar = new ProgressBar(process.stderr)
  const stop = files.onChange((job) => {
    if (job.jobId === started.jobId) bar.draw(job)
  })
  const cancel = () => void session.run('cancelJob', { jobId: started.jobId })
  process.once('SIGINT', cancel)
  process.once('SIGTERM', cancel)
  return files.waitFor(started.jobId).finally(() => {
    stop()
    bar.clear()
    process.off('SIGINT', cancel)
    process.off('SIGTERM', cancel)
  })
}

async function report(session: CliSession, job: JobSummary, print: (line: string) => void): Promise<void> {
  const failed: JobFile[] = []
  for (let offset = 0; offset < job.filesTotal; offset += filesPerCall) {
    const { files } = await session.run('listJobFiles', { jobId: job.jobId, offset, count: filesPerCall })
    for (const file of files) {
      if (file.state === 'done') print(file.outputName ?? file.name)
      else failed.push(file)
    }
  }
  if (job.state === 'cancelled') throw new KmsError('CANCELLED', 'Cancelled. Nothing partial was left.')
  for (const file of failed.slice(1)) session.messages.write(`${file.name}: ${problemText(file.code ?? 'INTERNAL')}\n`)
  const first = failed[0]
  const code = first?.code ?? job.code
  if (code) throw new KmsError(code, first ? `${first.name}: ${problemText(code)}.` : `Not done: ${problemText(code)}.`, first ? { fileName: first.name } : {})
}
