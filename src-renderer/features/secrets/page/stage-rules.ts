import { currentStage, pendingStage, previousStage, secretLimits, stageProblem, type SecretType } from '../../../../src-shared/model/secrets'
import type { SecretVersionView } from '../../../../src-shared/contract/secret-window'

type Version = Pick<SecretVersionView, 'versionId' | 'stages'>

/** What is wrong with a stage as typed; names of the texts below `secretPage.stage.fault`. */
export type StageFault = 'tooLong' | 'characters' | 'reserved' | 'full'

/** Whether people move stages of secrets of this type; for the others rotation alone does. */
export function movesStages(secretType: SecretType): boolean {
  return secretType === 'Generic'
}

/** Whether a stage can be moved by hand. */
export function canMoveStage(stage: string): boolean {
  return stage !== pendingStage
}

/** Whether stages can be moved to a version; none can while a rotation is not finished with it. */
export function takesStages({ stages }: Pick<Version, 'stages'>): boolean {
  return !stages.includes(pendingStage)
}

/** Whether a stage can be taken away; the current and the previous version always have theirs. */
export function canRemoveStage(stage: string): boolean {
  return stage !== pendingStage && stage !== currentStage && stage !== previousStage
}

/** All stages of the versions that count towards the limit. */
export function countedStages(versions: readonly Version[]): string[] {
  return versions.flatMap(({ stages }) => stages.filter((stage) => stage !== pendingStage))
}

/** Null for a stage that can be given to a version, otherwise what to say about it. Nothing typed counts as good: it is no mistake yet. */
export function stageFault(typed: string, versions: readonly Version[]): StageFault | null {
  const stage = typed.trim()
  if (stage === '') return null
  if (stage === pendingStage) return 'reserved'
  if (stage.length > secretLimits.stageChars) return 'tooLong'
  if (stageProblem(stage) !== null) return 'characters'
  const known = countedStages(versions)
  return !known.includes(stage) && known.length >= secretLimits.stages ? 'full' : null
}
