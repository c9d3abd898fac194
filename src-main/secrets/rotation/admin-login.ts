import { currentStage } from '../../../src-shared/model/secrets'
import { versionWithStage } from '../../../src-shared/model/secret-stages'
import { zero } from '../../crypto/bytes'
import { openValue } from '../secret-values'
import type { RotationSubject } from './rotation-changes'
import { credentialOf } from './rotated-value'
import { loginRefused, type Credential } from './targets/target'
import type { TargetConfig } from './targets/target-config'
import { shapeOf } from './value-shape'

/**
 * Lends the administrator's login of a target for one call; null where each account changes its own value. The use is
 * audited under the name of the administrator's secret. ROTATION_LOGIN_REFUSED when that secret is gone.
 */
export async function openAdmin<T>({ session, caller }: RotationSubject, config: TargetConfig, work: (admin: Credential | null) => Promise<T>): Promise<T> {
  const adminSecretId = adminSecretIdOf(config)
  if (adminSecretId === null) return work(null)
  const record = session.index.byId(adminSecretId)?.record
  const current = record && versionWithStage(record.versions, currentStage)
  if (!record || !current || record.deletesAt !== null) throw loginRefused('The secret with the login of the administrator is deleted.')
  const value = await openValue(session, record, current.versionId)
  const admin = await credentialOf(shapeOf(record), config.kind, value).finally(() => value.fill(0))
  try {
    session.recordUse(caller, record)
    return await work(admin)
  } finally {
    zero(admin.secret)
  }
}

/** Null where a target has no administrator. */
export function adminSecretIdOf(config: TargetConfig): string | null {
  return 'adminSecretId' in config ? config.adminSecretId : null
}
