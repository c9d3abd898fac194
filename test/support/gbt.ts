import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../vectors/gbt/sm2-gbt32918_5-sm4-gbt32907-sm3-gbt32905.json', import.meta.url))

/** The numbers of the published standards; byte fields are hexadecimal unless they end in _utf8. */
export const standardNumbers = JSON.parse(readFileSync(file, 'utf8')) as {
  sm2_sign: Record<'private' | 'public' | 'id' | 'message_utf8' | 'za' | 'e' | 'k' | 'r' | 's', string>
  sm2_encrypt: Record<'private' | 'message_utf8' | 'k' | 'c1' | 'c3' | 'c2' | 'asn1_gmt0009', string>
  sm3: Record<'message_utf8' | 'digest', string>[]
  sm4_block: { key: string; plaintext: string; ciphertext: string; rounds: number }[]
  sm4_gcm_rfc8998: Record<'key' | 'iv' | 'aad' | 'plaintext' | 'ciphertext' | 'tag', string>
}
