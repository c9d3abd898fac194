import type { SecretVersionView } from '../../../../src-shared/contract/secret-window'
import { currentStage, previousStage } from '../../../../src-shared/model/secrets'

/**
 * Two versions to compare, the older first: the wanted one with the current one, or with its neighbour when it is
 * current; without a wish the previous one with the current one. Null when there are not two.
 */
export function pairToCompare(versions: readonly Pick<SecretVersionView, 'versionId' | 'stages'>[], wanted: string | null): { from: string; to: string } | null {
  const placeOf = (stage: string) => versions.findIndex(({ stages }) => stages.includes(stage))
  if (versions.length < 2) return null
  const current = Math.max(placeOf(currentStage), 0)
  const asked = versions.findIndex(({ versionId }) => versionId === wanted)
  const previous = placeOf(previousStage)
  const neighbour = previous >= 0 && previous !== current ? previous : current === 0 ? 1 : current - 1
  const other = asked >= 0 && asked !== current ? asked : neighbour
  const [from, to] = [versions[Math.min(current, other)], versions[Math.max(current, other)]]
  return from && to ? { from: from.versionId, to: to.versionId } : null
}
