import { z } from 'zod'
import { empty, hinted } from './fields'

/** Operations of the KMS that speak of the service itself; here the service is this vault on this machine. */
export const serviceSchemas = {
  describeRegions: {
    request: empty,
    response: z.strictObject({ regions: hinted(z.array(z.strictObject({ regionId: z.string() })), { item: 'region' }) }),
  },
  describeAccountKmsStatus: {
    request: empty,
    response: z.strictObject({ accountStatus: z.enum(['Enabled', 'NotEnabled', 'Locked']) }),
  },
  /** Succeeds when there is a vault: creating one needs a passphrase (CreateVault). */
  openKmsService: { request: empty, response: empty },
}
