import { currentStage, pendingStage, previousStage, secretLimits } from '../../src-shared/model/secrets'
import { sortedStages } from '../../src-shared/model/secret-stages'
import { countOf, damagedRow, listOf, textOf } from '../keystore/stored-row'
import type { SecretVersionRecord } from './secret-record'

const what = 'secret record'
const binaryFlag = 1
const stageFlags: readonly (readonly [string, number])[] = [
  [currentStage, 2],
  [previousStage, 4],
  [pendingStage, 8],
]
/** The reserved stages of each set of flags, made once. */
const reservedStages = Array.from({ length: 16 }, (_, flags) => stageFlags.flatMap(([stage, flag]) => ((flags & flag) === 0 ? [] : [stage])))

/** Each version as [id, created at, flags, bytes, other stages…]; flags: 1 binary, 2 ACSCurrent, 4 ACSPrevious, 8 ACSPending. */
export function encodeVersions(versions: readonly SecretVersionRecord[]): unknown[] {
  return versions.map(({ versionId, createdAt, dataType, sizeBytes, stages }) => {
    const flags = stageFlags.reduce((sum, [stage, flag]) => (stages.includes(stage) ? sum + flag : sum), dataType === 'binary' ? binaryFlag : 0)
    const others = stages.filter((stage) => !stageFlags.some(([reserved]) => reserved === stage))
    return [versionId, createdAt, flags, sizeBytes, ...others]
  })
}

/** Reads encodeVersions() strictly. VAULT_DAMAGED. */
export function decodeVersions(value: unknown): readonly SecretVersionRecord[] {
  const versions = listOf(value, what)
  if (versions.length > secretLimits.versions) throw damagedRow(what)
  return versions.map(versionOf)
}

function versionOf(value: unknown): SecretVersionRecord {
  const fields = listOf(value, what)
  const flags = countOf(fields[2], what)
  const reserved = reservedStages[flags]
  if (!reserved) throw damagedRow(what)
  const others = fields.length === 4 ? [] : fields.slice(4).map((stage) => textOf(stage, secretLimits.stageChars, what))
  return {
    versionId: textOf(fields[0], secretLimits.versionIdChars, what),
    createdAt: countOf(fields[1], what),
    dataType: (flags & binaryFlag) === 0 ? 'text' : 'binary',
    sizeBytes: countOf(fields[3], what),
    stages: others.length === 0 ? reserved : sortedStages([...reserved, ...others]),
  }
}
