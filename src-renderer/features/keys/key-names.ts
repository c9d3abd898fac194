import { shortenMiddle } from '../../i18n/format'

/** How a key is called where there is little room: its first alias, otherwise its shortened id. */
export function keyName(keyId: string, aliases: readonly string[]): string {
  return aliases[0] ?? shortenMiddle(keyId, 13, 6)
}
