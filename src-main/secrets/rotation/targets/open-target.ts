import { CommandTarget } from './command'
import type { RotationTarget } from './target'
import type { TargetConfig } from './target-config'
import { ThreadTarget } from './thread-target'

/** Opens the target of a secret for the time of a rotation; the caller closes it. */
export type OpenTarget = (config: TargetConfig, secretName: string) => RotationTarget

/** Targets whose client libraries run in threads from the bundle at `url`. */
export function openTargetsWith(url: URL): OpenTarget {
  return (config, secretName) => (config.kind === 'command' ? new CommandTarget({ ...config, secretName }) : new ThreadTarget(config, url))
}
