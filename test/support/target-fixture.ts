import type { Credential } from '../../src-main/secrets/rotation/targets/target'
import type { ServerPlace } from '../../src-main/secrets/rotation/targets/target-config'
import { copyBytes } from '../../src-main/crypto/bytes'

/** An account with a password. */
export function passwordOf(account: string, password: string): Credential {
  return { account, secret: copyBytes(new TextEncoder().encode(password)), publicKey: null }
}

/** Where a server of a test listens. */
export function placeOf(port: number, socketPath: string | null = null): ServerPlace {
  return { host: '127.0.0.1', port, socketPath }
}

/** The code and the reason that a target fails with. */
export async function failureOf(work: Promise<unknown>): Promise<{ code: string; reason: string }> {
  try {
    await work
  } catch (error) {
    const { code, details } = error as { code: string; details: { rotationReason?: string } }
    return { code, reason: details.rotationReason ?? '' }
  }
  throw new Error('was expected to fail')
}
