import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isKmsError } from '../../../src-shared/errors'
import {
  isDeprecated,
  movedStage,
  requestedStages,
  sortedStages,
  versionById,
  versionNotFound,
  versionWithStage,
  withPendingCurrent,
  withPendingKept,
  withVersion,
  type StagedVersion,
  type StageMove,
} from '../../../src-shared/model/secret-stages'
import { currentStage, pendingStage, previousStage, secretLimits } from '../../../src-shared/model/secrets'

/** `a:ACSPrevious b:ACSCurrent,Mine c` */
const read = (text: string): StagedVersion[] =>
  text.split(' ').filter(Boolean).map((part) => {
    const [versionId = '', stages = ''] = part.split(':')
    return { versionId, stages: stages.split(',').filter(Boolean) }
  })
const write = (versions: readonly StagedVersion[]) => versions.map(({ versionId, stages }) => (stages.length === 0 ? versionId : `${versionId}:${stages.join(',')}`)).join(' ')

/** What a change makes, or the code and the field of its refusal. */
function outcome(change: () => readonly StagedVersion[]): string {
  try {
    return write(change())
  } catch (error) {
    if (!isKmsError(error)) throw error
    const [field] = error.details.fields ?? []
    return field ? `${error.code} ${field.field}` : error.code
  }
}

const put = (before: string, versionId: string, stages?: string[]) => outcome(() => withVersion(read(before), { versionId, stages: [] }, requestedStages(stages)).versions)
const move = (before: string, stageMove: StageMove) => outcome(() => movedStage(read(before), stageMove))
const ten = 'a b c d e f g h i:ACSPrevious j:ACSCurrent'

describe('a new version', () => {
  it.each<[rule: string, before: string, stages: string[] | undefined, after: string]>([
    ['is current when it is the first', '', undefined, 'new:ACSCurrent'],
    ['takes ACSCurrent, and ACSPrevious goes to who had it', 'a:ACSCurrent', undefined, 'a:ACSPrevious new:ACSCurrent'],
    ['takes ACSPrevious away from who had it', 'a:ACSPrevious b:ACSCurrent', undefined, 'a b:ACSPrevious new:ACSCurrent'],
    ['takes other stages with it', 'a:ACSCurrent,Mine', ['ACSCurrent', 'Mine', 'Other'], 'a:ACSPrevious new:ACSCurrent,Mine,Other'],
    ['leaves both alone without ACSCurrent among its stages', 'a:ACSPrevious b:ACSCurrent', ['Mine'], 'a:ACSPrevious b:ACSCurrent new:Mine'],
    ['takes a stage from the one version that has it', 'a:Mine b:ACSCurrent', ['Mine'], 'a b:ACSCurrent new:Mine'],
    ['must have a stage', 'a:ACSCurrent', [], 'INVALID_PARAMETER versionStages'],
    ['cannot be the previous one', 'a:ACSCurrent', ['ACSPrevious'], 'INVALID_PARAMETER versionStages'],
    ['cannot be current and previous', 'a:ACSCurrent', ['ACSCurrent', 'ACSPrevious'], 'INVALID_PARAMETER versionStages'],
    ['cannot be pending by request', 'a:ACSCurrent', ['ACSPending'], 'INVALID_PARAMETER versionStages'],
    ['has each stage once', 'a:ACSCurrent', ['Mine', 'Mine'], 'INVALID_PARAMETER versionStages'],
    ['has stages of the grammar', 'a:ACSCurrent', ['no blanks'], 'INVALID_PARAMETER versionStages'],
    ['may be the one of the eighth stage', 'a:ACSCurrent,1,2,3 b:4,5,6', ['7'], 'a:ACSCurrent,1,2,3 b:4,5,6 new:7'],
    ['may not bring a ninth stage', 'a:ACSCurrent,1,2,3 b:4,5,6,7', ['8'], 'LIMIT_EXCEEDED'],
    ['may not bring a ninth by the ACSPrevious that it makes', 'a:ACSCurrent,1,2,3 b:4,5,6,7', undefined, 'LIMIT_EXCEEDED'],
    ['may move stages when there are eight', 'a:ACSPrevious b:ACSCurrent,1,2,3,4,5,6', ['ACSCurrent', '1'], 'a b:ACSPrevious,2,3,4,5,6 new:ACSCurrent,1'],
    ['drops the oldest without a stage as the eleventh', ten, undefined, 'b c d e f g h i j:ACSPrevious new:ACSCurrent'],
    ['drops the oldest without one, not the oldest', 'a:Mine b c d e f g h i:ACSPrevious j:ACSCurrent', undefined, 'a:Mine c d e f g h i j:ACSPrevious new:ACSCurrent'],
    ['drops what loses its stage by it', 'a:1 b:2 c:3 d:4 e:5 f:6 g:ACSPending h:ACSPrevious i:ACSCurrent j', ['1'], 'b:2 c:3 d:4 e:5 f:6 g:ACSPending h:ACSPrevious i:ACSCurrent j new:1'],
  ])('%s', (_rule, before, stages, after) => {
    expect(put(before, 'new', stages)).toBe(after)
  })

  it('of a rotation is pending, which is no label, and is never dropped', () => {
    const pending = withVersion(read(ten), { versionId: 'p', stages: [] }, [pendingStage])
    expect(write(pending.versions)).toBe('b c d e f g h i:ACSPrevious j:ACSCurrent p:ACSPending')
    expect(pending.dropped).toEqual(['a'])
    expect(isDeprecated({ versionId: 'p', stages: [pendingStage] })).toBe(true)
    const full = 'a:1 b:2 c:3 d:4 e:5 f:6 g h:ACSPending i:ACSPrevious j:ACSCurrent'
    expect(put(full, 'new', ['1'])).toBe('b:2 c:3 d:4 e:5 f:6 g h:ACSPending i:ACSPrevious j:ACSCurrent new:1')
  })

  it('of a rotation is refused when ACSCurrent could not move to it later', () => {
    const change = () => withVersion(read('a:ACSCurrent,1,2,3,4,5,6,7'), { versionId: 'p', stages: [] }, [pendingStage]).versions
    expect(outcome(change)).toBe('LIMIT_EXCEEDED')
  })
})

describe('a stage', () => {
  it.each<[rule: string, before: string, move: StageMove, after: string]>([
    ['needs one of the two', 'a:ACSCurrent,Mine', { stage: 'Mine' }, 'INVALID_PARAMETER moveToVersion'],
    ['is given', 'a:ACSCurrent b', { stage: 'Mine', moveToVersion: 'b' }, 'a:ACSCurrent b:Mine'],
    ['is moved', 'a:ACSCurrent,Mine b', { stage: 'Mine', removeFromVersion: 'a', moveToVersion: 'b' }, 'a:ACSCurrent b:Mine'],
    ['is moved without saying from where', 'a:ACSCurrent,Mine b', { stage: 'Mine', moveToVersion: 'b' }, 'a:ACSCurrent b:Mine'],
    ['is removed', 'a:ACSCurrent,Mine b', { stage: 'Mine', removeFromVersion: 'a' }, 'a:ACSCurrent b'],
    ['is not removed from another version', 'a:ACSCurrent,Mine b', { stage: 'Mine', removeFromVersion: 'b' }, 'INVALID_PARAMETER removeFromVersion'],
    ['is not moved from another version', 'a:ACSCurrent,Mine b', { stage: 'Mine', removeFromVersion: 'b', moveToVersion: 'b' }, 'INVALID_PARAMETER removeFromVersion'],
    ['that nobody has is not removed', 'a:ACSCurrent b', { stage: 'Mine', removeFromVersion: 'a' }, 'INVALID_PARAMETER removeFromVersion'],
    ['stays where it is', 'a:ACSCurrent,Mine b', { stage: 'Mine', moveToVersion: 'a' }, 'a:ACSCurrent,Mine b'],
    ['goes to a version that is there', 'a:ACSCurrent', { stage: 'Mine', moveToVersion: 'x' }, 'SECRET_VERSION_NOT_FOUND'],
    ['comes from a version that is there', 'a:ACSCurrent,Mine', { stage: 'Mine', removeFromVersion: 'x' }, 'SECRET_VERSION_NOT_FOUND'],
    ['of rotations is not touched', 'a:ACSCurrent b:ACSPending', { stage: 'ACSPending', removeFromVersion: 'b' }, 'INVALID_PARAMETER versionStage'],
    ['goes to no version of a rotation', 'a:ACSCurrent,Mine b:ACSPending', { stage: 'Mine', moveToVersion: 'b' }, 'ROTATION_PENDING'],
    ['ACSCurrent goes to no version of a rotation', 'a:ACSCurrent b:ACSPending', { stage: 'ACSCurrent', moveToVersion: 'b' }, 'ROTATION_PENDING'],
    ['goes away from a version of a rotation', 'a b:ACSCurrent,ACSPending', { stage: 'ACSCurrent', moveToVersion: 'a' }, 'a:ACSCurrent b:ACSPrevious,ACSPending'],
    ['has a name of the grammar', 'a:ACSCurrent', { stage: 'no blanks', moveToVersion: 'a' }, 'INVALID_PARAMETER versionStage'],
    ['may be the eighth', 'a:ACSCurrent,1,2,3,4,5,6', { stage: '7', moveToVersion: 'a' }, 'a:ACSCurrent,1,2,3,4,5,6,7'],
    ['may not be the ninth', 'a:ACSCurrent,1,2,3,4,5,6,7', { stage: '8', moveToVersion: 'a' }, 'LIMIT_EXCEEDED'],
    ['ACSCurrent makes ACSPrevious when it moves', 'a b:ACSCurrent', { stage: 'ACSCurrent', moveToVersion: 'a' }, 'a:ACSCurrent b:ACSPrevious'],
    ['ACSCurrent takes ACSPrevious along when it moves', 'a:ACSPrevious b:ACSCurrent c', { stage: 'ACSCurrent', moveToVersion: 'c' }, 'a b:ACSPrevious c:ACSCurrent'],
    ['ACSCurrent changes places with ACSPrevious', 'a:ACSPrevious b:ACSCurrent', { stage: 'ACSCurrent', removeFromVersion: 'b', moveToVersion: 'a' }, 'a:ACSCurrent b:ACSPrevious'],
    ['ACSCurrent stays where it is', 'a:ACSPrevious b:ACSCurrent', { stage: 'ACSCurrent', moveToVersion: 'b' }, 'a:ACSPrevious b:ACSCurrent'],
    ['ACSCurrent is never removed', 'a:ACSCurrent', { stage: 'ACSCurrent', removeFromVersion: 'a' }, 'INVALID_PARAMETER moveToVersion'],
    ['ACSPrevious is moved alone', 'a:ACSPrevious b:ACSCurrent c', { stage: 'ACSPrevious', moveToVersion: 'c' }, 'a b:ACSCurrent c:ACSPrevious'],
    ['ACSPrevious is never removed', 'a:ACSPrevious b:ACSCurrent', { stage: 'ACSPrevious', removeFromVersion: 'a' }, 'INVALID_PARAMETER moveToVersion'],
    ['ACSCurrent makes no ninth by the ACSPrevious that it makes', 'a:ACSCurrent,1,2,3,4,5,6,7 b', { stage: 'ACSCurrent', moveToVersion: 'b' }, 'LIMIT_EXCEEDED'],
  ])('%s', (_rule, before, stageMove, after) => {
    expect(move(before, stageMove)).toBe(after)
  })

  it('ends a rotation when the pending version becomes current', () => {
    expect(write(withPendingCurrent(read('a:ACSPrevious b:ACSCurrent,Mine c:ACSPending'), 'c'))).toBe('a b:ACSPrevious,Mine c:ACSCurrent')
    expect(outcome(() => withPendingCurrent(read('a:ACSCurrent'), 'x'))).toBe('SECRET_VERSION_NOT_FOUND')
  })

  it('of a rotation whose version is kept goes, and the version falls out last', () => {
    const kept = withPendingKept(read('a:1 b:2 c:3 d:4 e:5 f:6 p:ACSPending x h:ACSPrevious i:ACSCurrent'))
    expect(write(kept)).toBe('a:1 b:2 c:3 d:4 e:5 f:6 x h:ACSPrevious i:ACSCurrent p')
    expect(withVersion(kept, { versionId: 'new', stages: [] }, [currentStage]).dropped).toEqual(['x'])
    expect(write(withPendingKept(read('a b:ACSCurrent,ACSPending')))).toBe('a b:ACSCurrent')
  })

  it('stands in a fixed order', () => {
    expect(sortedStages(['b', 'ACSPending', 'B', 'ACSPrevious', 'a', 'ACSCurrent', 'a'])).toEqual(['ACSCurrent', 'ACSPrevious', 'ACSPending', 'B', 'a', 'b'])
  })
})

const names = [currentStage, previousStage, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const
const step = fc.oneof(
  fc.record({ do: fc.constant('put' as const), stages: fc.option(fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 }), { nil: undefined }) }),
  fc.record({ do: fc.constant('move' as const), stage: fc.constantFrom(...names), from: fc.option(fc.nat(11), { nil: null }), to: fc.option(fc.nat(11), { nil: null }) }),
  fc.record({ do: fc.constant('rotate' as const), ends: fc.boolean() }),
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function carryOut(versions: readonly StagedVersion[], { versionId }: { versionId: string }, one: Step): readonly StagedVersion[] {
  if (one.do === 'put') return withVersion(versions, { versionId, stages: [] }, requestedStages(one.stages)).versions
  const idAt = (place: number | null) => (place === null ? undefined : (versions[place]?.versionId ?? 'none'))
  if (one.do === 'move') return movedStage(versions, { stage: one.stage, removeFromVersion: idAt(one.from), moveToVersion: idAt(one.to) })
  const pending = withVersion(versions, { versionId, stages: [] }, [pendingStage]).versions
  return one.ends ? withPendingCurrent(pending, versionId) : pending
}

describe('any sequence of changes', () => {
  it('keeps one current version, each label once, and the limits', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let versions: readonly StagedVersion[] = withVersion<StagedVersion>([], { versionId: 'v0', stages: [] }, [currentStage]).versions
        steps.forEach((one, at) => {
          const before = versions
          try {
            versions = carryOut(versions, { versionId: `v${at + 1}` }, one)
          } catch (error) {
            if (!isKmsError(error) || error.code === 'INTERNAL') throw error
            return
          }
          const labels = versions.flatMap(({ stages }) => stages)
          expect(new Set(labels).size).toBe(labels.length)
          expect(labels.filter((label) => label !== pendingStage).length).toBeLessThanOrEqual(secretLimits.stages)
          expect(versions.length).toBeLessThanOrEqual(secretLimits.versions)
          expect(new Set(versions.map(({ versionId }) => versionId)).size).toBe(versions.length)
          const [current, currentBefore] = [versions, before].map((list) => versionWithStage(list, currentStage))
          expect(current).not.toBeNull()
          if (current && currentBefore && current.versionId !== currentBefore.versionId) {
            expect(versionWithStage(versions, previousStage)?.versionId).toBe(currentBefore.versionId)
          }
          // Only a version without a stage is dropped: what it had before the change is with another one now.
          const dropped = before.filter(({ versionId }) => !versionById(versions, versionId))
          for (const stage of dropped.flatMap(({ stages }) => stages)) expect(labels).toContain(stage)
        })
      }),
    )
  })
})

it('says the same of a version and a stage that are not there', () => {
  expect(versionNotFound()).toMatchObject({ code: 'SECRET_VERSION_NOT_FOUND' })
})
