import { createHash } from 'node:crypto'
import { concatBytes, copyBytes, ownBytes, zero } from '../bytes'
import { cbcCiphers, decryptCbc, type CbcCipher } from './ciphers'
import { passphraseNeeded, passphraseWrong, unsupported } from './failure'
import type { PemBlock } from './pem'

const saltBytes = 8
const ciphers: ReadonlyMap<string, CbcCipher> = new Map([
  ['AES-128-CBC', 'aes-128-cbc'],
  ['AES-192-CBC', 'aes-192-cbc'],
  ['AES-256-CBC', 'aes-256-cbc'],
  ['DES-EDE3-CBC', 'des-ede3-cbc'],
])

/** True for a block that says "Proc-Type: 4,ENCRYPTED" (RFC 1421), as OpenSSL wrote it before PKCS#8. */
export function isLegacyEncrypted(block: PemBlock): boolean {
  return block.headers.some((line) => /^Proc-Type: *4, *ENCRYPTED *$/.test(line))
}

/** The body, decrypted as OpenSSL's PEM_read does: MD5, one iteration, no authentication. The caller zeroes it. */
export function openLegacyPem(block: PemBlock, passphrase: Uint8Array | null): Uint8Array {
  const info = block.headers.find((line) => line.startsWith('DEK-Info:')) ?? ''
  const [, name = '', ivHex = ''] = /^DEK-Info: *([A-Z0-9-]+), *([0-9A-Fa-f]+) *$/.exec(info) ?? []
  const cipher = ciphers.get(name)
  if (cipher === undefined) throw unsupported('this encryption of a PEM file is not supported: AES-CBC and DES-EDE3-CBC are')
  if (passphrase === null) throw passphraseNeeded()
  const iv = copyBytes(Buffer.from(ivHex, 'hex'))
  if (iv.length !== cbcCiphers[cipher].ivBytes) throw passphraseWrong()
  const key = deriveKey(passphrase, iv.subarray(0, saltBytes), cbcCiphers[cipher].keyBytes)
  const opened = decryptCbc(cipher, key, iv, block.body)
  zero(key)
  if (opened === null) throw passphraseWrong()
  return opened
}

/** OpenSSL's EVP_BytesToKey with MD5 and one iteration. */
function deriveKey(passphrase: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  const key = ownBytes(length)
  let previous: Uint8Array = ownBytes(0)
  for (let at = 0; at < length; at += previous.length) {
    const input = concatBytes(previous, passphrase, salt)
    zero(previous)
    previous = createHash('md5').update(input).digest()
    zero(input)
    key.set(previous.subarray(0, length - at), at)
  }
  zero(previous)
  return key
}
