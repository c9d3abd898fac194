import type { Request } from '../../src-shared/contract/operations'
import type { HostRequest, ObjectView } from './host/calls'
import { classNumbers, isSecretSpec, keyTemplates, newKeyId } from './key-templates'
import { cka } from './pkcs11'

/** Who makes keys: a token that is used, or one for trying out. */
export interface KeyMaker {
  secret(request: Omit<HostRequest<'generateKey'>, 'token'>): Promise<ObjectView>
  pair(request: Omit<HostRequest<'generateKeyPair'>, 'token'>): Promise<{ publicKey: ObjectView; privateKey: ObjectView }>
}

/** The key that was made; of a pair, the private part first. */
export async function generateWith(maker: KeyMaker, request: Omit<Request<'generateTokenKey'>, 'tokenId'>): Promise<ObjectView[]> {
  const { use, templates } = keyTemplates(request, newKeyId(request.idHex))
  const [first = [], second = []] = templates.map(({ objectClass, attributes }) => [{ type: cka.class, value: classNumbers[objectClass] }, ...attributes])
  if (isSecretSpec(request.keySpec)) return [await maker.secret({ ...use, template: first })]
  const { privateKey, publicKey } = await maker.pair({ ...use, publicTemplate: first, privateTemplate: second })
  return [privateKey, publicKey]
}
