import { readdir, readFile } from 'node:fs/promises'

/** Linux process ids whose environment says that they belong to the run in folder `base`. */
async function findProcesses(base) {
  const found = []
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '')
    if (environment.split('\0').some((entry) => entry.startsWith(`TMPDIR=${base}/`))) found.push(Number(name))
  }
  return found
}

function end(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/** Ends what a run left behind (an app whose test timed out, say), so that nothing of it lives on. */
export async function endLeftovers(base) {
  const left = await findProcesses(base)
  left.forEach(end)
  return left.length
}
