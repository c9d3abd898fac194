import { basename } from 'node:path'
import type { secretRotationSchemas } from '../../../src-shared/contract/secret-rotation'
import type { PathHandles } from '../../platform/path-handles'
import { rotationView } from '../../secrets/rotation/rotation-view'
import type { SecretRotations } from '../../secrets/rotation/rotations'
import { setRotationTarget } from '../../secrets/rotation/target-settings'
import { testRotationTarget } from '../../secrets/rotation/target-test'
import type { OpenTarget } from '../../secrets/rotation/targets/open-target'
import type { Secrets } from '../../secrets/secrets'
import type { DesktopPort } from '../desktop-port'
import type { HandlersOf } from '../handlers'

export interface SecretRotationOptions {
  secrets: Secrets
  rotations: SecretRotations
  openTarget: OpenTarget
  handles: PathHandles
  desktop: DesktopPort
}

/** The rotation of secrets at their targets. */
export function secretRotationHandlers({ secrets, rotations, openTarget, handles, desktop }: SecretRotationOptions): HandlersOf<typeof secretRotationSchemas> {
  return {
    getSecretRotation: async ({ secretName }) => rotationView(rotations, secrets.session(), secretName),
    async setSecretRotationTarget({ secretName, target }, caller) {
      await setRotationTarget(rotations, secrets.session(), caller, secretName, target, (handle) => handles.redeem(handle, 'program'))
      return {}
    },
    testSecretRotationTarget: async ({ secretName }, caller) => testRotationTarget(rotations, openTarget, secrets.session(), caller, secretName),
    retrySecretRotation: async ({ secretName }, caller) => rotations.retry(secrets.session(), caller, secretName),
    async rollBackSecretRotation({ secretName }, caller) {
      await rotations.rollBack(secrets.session(), caller, secretName)
      return {}
    },
    async chooseRotationProgram() {
      const [path] = await desktop.chooseSources('files')
      return { program: path === undefined ? null : { handle: handles.issue(path, 'program'), name: basename(path), path } }
    },
  }
}
