import type { KeyVersionDetails } from '../../../../src-shared/contract/key-window'

/** A version as its place in the list needs it; versions are always listed oldest first. */
type Version = Pick<KeyVersionDetails, 'keyVersionId' | 'isPrimary' | 'isRetired' | 'uses'>

/** Whether the version at `place` can be retired: there is a newer one, and it decrypts so far. */
export function canRetire(versions: readonly Version[], place: number): boolean {
  const version = versions[place]
  return version !== undefined && place < versions.length - 1 && !version.isPrimary && !version.isRetired
}

/** The minimum decryption version that retires the version at `place` and all older ones; null for the newest. */
export function minimumToRetire(versions: readonly Version[], place: number): string | null {
  return versions[place + 1]?.keyVersionId ?? null
}

/** The minimum decryption version that lets the version at `place` decrypt again; undefined: all versions do. */
export function minimumToUnretire(versions: readonly Version[], place: number): string | undefined {
  return place === 0 ? undefined : versions[place]?.keyVersionId
}

/** How many known uses could not be opened any more when the version at `place` and all older ones were retired. */
export function usesLost(versions: readonly Version[], place: number): number {
  return versions.slice(0, place + 1).reduce((sum, { isRetired, uses }) => sum + (isRetired ? 0 : uses), 0)
}

/**
 * Places of the versions that can be retired at once: the oldest ones still decrypting, as long as each is among
 * `retirableIds`. A needed version keeps all newer ones.
 */
export function retirablePlaces(versions: readonly Version[], retirableIds: readonly string[]): number[] {
  const firstKept = versions.findIndex(({ keyVersionId, isRetired, isPrimary }) => isPrimary || (!isRetired && !retirableIds.includes(keyVersionId)))
  const end = Math.min(firstKept === -1 ? versions.length : firstKept, versions.length - 1)
  return versions.flatMap(({ isRetired }, place) => (place < end && !isRetired ? [place] : []))
}
