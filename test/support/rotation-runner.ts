import { writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { FileJobs } from '../../src-main/files/file-jobs'
import { createWorkerPool } from '../../src-main/files/worker-pool'
import { whereUsedHandlers } from '../../src-main/operations/handlers/where-used'
import { PathHandles } from '../../src-main/platform/path-handles'
import { systemClock } from '../../src-main/platform/system-clock'
import { cheapPassphrase, openCheapVault, silentLog } from './cheap-vault'

/**
 * Opens the vault of argv[2], finishes the rotation of the key argv[3] with the worker bundle argv[4], and ends. Says on
 * standard output when the job has begun and how it ended.
 */
const [, , folder = '', keyId = '', worker = ''] = process.argv
const caller = (operation: string) => ({ face: 'cli' as const, client: 'runner', operation })
const say = (line: object) => void writeSync(1, `${JSON.stringify(line)}\n`)

const { vault, keystore, secrets } = openCheapVault(folder)
const handles = new PathHandles()
const workers = createWorkerPool(pathToFileURL(worker))
const files = new FileJobs({ keys: keystore.fileKeys, uses: keystore.fileUses, handles, clock: systemClock, workers, log: silentLog })
const handlers = whereUsedHandlers({ keystore, secrets, files, handles, log: silentLog })

await vault.unlockWithPassphrase(caller('unlockVault'), cheapPassphrase())
const { job } = await handlers.finishRotation({ keyId }, caller('finishRotation'))
say({ started: true })
const { state, filesDone, filesFailed } = await files.waitFor(job.jobId)
say({ state, filesDone, filesFailed })
await keystore.flush()
await vault.lock(caller('lockVault'))
await vault.dispose()
await workers.close()
