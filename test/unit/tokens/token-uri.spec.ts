import { describe, expect, it } from 'vitest'
import { parsePkcs11Uri, pkcs11Uri } from '../../../src-main/tokens/token-uri'

const parsed = (uri: string) => {
  const attributes = parsePkcs11Uri(uri)
  return attributes && Object.fromEntries([...attributes].map(([name, value]) => [name, Buffer.from(value).toString('latin1')]))
}

describe('PKCS#11 URIs', () => {
  // Examples of RFC 7512 section 3.
  it.each([
    ['pkcs11:', {}],
    ['pkcs11:object=my-pubkey;type=public', { object: 'my-pubkey', type: 'public' }],
    ['pkcs11:object=my-key;type=private?pin-source=file:/etc/token', { object: 'my-key', type: 'private' }],
    [
      'pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin',
      { token: 'The Software PKCS#11 Softtoken', manufacturer: 'Snake Oil, Inc.', model: '1.0', object: 'my-certificate', type: 'cert', id: 'i\x95>\\\xf4\xbd\xec\x91', serial: '' },
    ],
    ['pkcs11:object=my-sign-key;type=private?module-name=mypkcs11', { object: 'my-sign-key', type: 'private' }],
    ['pkcs11:token=Software%20PKCS%2311%20softtoken;manufacturer=Snake%20Oil,%20Inc.?pin-value=the-pin', { token: 'Software PKCS#11 softtoken', manufacturer: 'Snake Oil, Inc.' }],
    ['pkcs11:slot-description=Sun%20Metaslot', { 'slot-description': 'Sun Metaslot' }],
    ['pkcs11:token=my-token-25-%20%C3%A1', { token: 'my-token-25- \xc3\xa1' }],
    ['pkcs11:token=A%20name%20with%20a%20substring%20%25%3B;object=my-certificate;type=cert', { token: 'A name with a substring %;', object: 'my-certificate', type: 'cert' }],
  ])('%s is read', (uri, attributes) => {
    expect(parsed(uri)).toEqual(attributes)
  })

  it.each(['http:token=x', 'pkcs11:token', 'pkcs11:=x', 'pkcs11:id=%6', 'pkcs11:id=%zz', 'pkcs11:type=cert;type=data'])('%s is none', (uri) => {
    expect(parsePkcs11Uri(uri)).toBeNull()
  })

  it('are read as they are written', () => {
    const uri = pkcs11Uri({ token: 'Größe; 100%', object: 'a/b?c&d', id: Uint8Array.of(0, 255) })
    expect(parsed(uri)).toEqual({ token: Buffer.from('Größe; 100%').toString('latin1'), object: 'a/b?c&d', id: '\0\xff' })
  })
})
