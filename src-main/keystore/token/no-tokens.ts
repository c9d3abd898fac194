import { KmsError } from '../../../src-shared/errors'
import type { TokenIdentity, TokenKeys } from './token-keys'

const absent = async (label?: string): Promise<never> => {
  throw new KmsError('TOKEN_NOT_FOUND', 'The token is not there.', label === undefined ? {} : { tokenLabel: label })
}
const ofToken = ({ label }: TokenIdentity) => absent(label)
const ofKey = ({ token }: { token: TokenIdentity }) => absent(token.label)

/** A keystore that reaches no tokens: each is absent. */
export const noTokens: TokenKeys = {
  identify: () => absent(),
  requirePossible: ofToken,
  generate: ofKey,
  sealGcm: ofKey,
  openGcm: ofKey,
  decrypt: ofKey,
  sign: ofKey,
  mac: ofKey,
  destroy: ofKey,
  availabilityOf: async () => 'absent',
}
