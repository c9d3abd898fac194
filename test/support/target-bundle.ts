import { pathToFileURL } from 'node:url'
import { openTargetsWith, type OpenTarget } from '../../src-main/secrets/rotation/targets/open-target'
import { bundleForNode } from './bundle'

/** The bundle of the thread that talks to targets. `name`: of the test file, as others may build theirs at the same time. */
export async function targetBundle(name: string): Promise<URL> {
  return pathToFileURL(await bundleForNode('src-main/secrets/rotation/targets/worker.ts', `target-worker-${name}`))
}

/** Targets as the application opens them, through the bundle of the thread. */
export async function bundledTargets(name: string): Promise<OpenTarget> {
  return openTargetsWith(await targetBundle(name))
}
