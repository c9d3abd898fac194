import { pathToFileURL } from 'node:url'
import { openTargetsWith, type OpenTarget } from '../../src-main/secrets/rotation/targets/open-target'
import { bundleForNode } from './bundle'

/** The bundle of the thread that talks to targets. */
export async function targetBundle(): Promise<URL> {
  return pathToFileURL(await bundleForNode('src-main/secrets/rotation/targets/worker.ts', `target-worker-${process.versions['electron'] ? 'electron' : 'node'}`))
}

/** Targets as the application opens them, through the bundle of the thread. */
export async function bundledTargets(): Promise<OpenTarget> {
  return openTargetsWith(await targetBundle())
}
