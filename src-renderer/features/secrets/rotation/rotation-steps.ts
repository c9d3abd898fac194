import { rotationSteps, type RotationStep } from '../../../../src-shared/model/secrets'

export type StepState = 'done' | 'running' | 'failed' | 'waiting'

/** How each step of a rotation stands. */
export function stepStates(doneStep: RotationStep | null, failedStep: RotationStep | null, isRunning: boolean): { step: RotationStep; state: StepState }[] {
  const done = doneStep === null ? -1 : rotationSteps.indexOf(doneStep)
  return rotationSteps.map((step, index) => {
    if (index <= done) return { step, state: 'done' }
    if (isRunning) return { step, state: index === done + 1 ? 'running' : 'waiting' }
    return { step, state: step === failedStep ? 'failed' : 'waiting' }
  })
}

/** What is known of a rotation that stopped: which value is in force at the target, and here. */
export type KnownOutcome = 'old' | 'unknown' | 'new' | 'switched'

/** A run that stopped after its preparation may have reached the target before it could note that. */
export function knownOf(doneStep: RotationStep | null): KnownOutcome {
  if (doneStep === null) return 'old'
  if (doneStep === 'prepare') return 'unknown'
  return doneStep === 'apply' || doneStep === 'test' ? 'new' : 'switched'
}
