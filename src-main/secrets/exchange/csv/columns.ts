import type { CsvRole } from '../../../../src-shared/contract/secret-exchange'

/** Titles, in small letters and without anything but letters, by which the programs of the world name their columns. */
const titles: Readonly<Record<Exclude<CsvRole, 'field' | 'secret-field'>, readonly string[]>> = {
  name: ['name', 'title', 'account', 'itemname', 'entryname'],
  folder: ['folder', 'group', 'grouping', 'category', 'path', 'collections', 'vault'],
  username: ['username', 'loginusername', 'login', 'user', 'userid', 'loginname', 'email'],
  password: ['password', 'loginpassword', 'pass', 'pwd'],
  url: ['url', 'loginuri', 'website', 'uri', 'webaddress', 'site', 'urls', 'websiteaddress'],
  totp: ['totp', 'logintotp', 'otpauth', 'otp', 'otpsecret', 'otpurl', 'onetimepassword', 'twofactor'],
  notes: ['notes', 'note', 'extra', 'comment', 'comments', 'description', 'memo'],
  tags: ['tags', 'tag', 'labels'],
  ignore: [
    'favorite', 'favourite', 'fav', 'reprompt', 'type', 'icon', 'lastmodified', 'created', 'modified', 'httprealm', 'formactionorigin', 'guid',
    'timecreated', 'timelastused', 'timepasswordchanged', 'archived', 'archivedflag', 'createtime', 'modifytime', 'passwordhistory',
  ],
}

const roles: ReadonlyMap<string, CsvRole> = new Map(Object.entries(titles).flatMap(([role, known]) => known.map((title) => [title, role as CsvRole])))
/** Roles that more than one column may have. */
const repeatable: readonly CsvRole[] = ['field', 'secret-field', 'ignore', 'url', 'tags']

/** A role for each column, by its title. What is not known is a custom field that stays hidden; so is what comes twice. */
export function guessedRoles(columnTitles: readonly string[]): CsvRole[] {
  const taken = new Set<CsvRole>()
  return columnTitles.map((title) => {
    const role = roles.get(plain(title)) ?? 'secret-field'
    if (taken.has(role) && !repeatable.includes(role)) return isPublic(role) ? 'field' : 'secret-field'
    taken.add(role)
    return role
  })
}

function plain(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z]/g, '')
}

/** `username2` is no more a secret than `username`. */
function isPublic(role: CsvRole): boolean {
  return ['name', 'folder', 'username', 'url', 'tags'].includes(role)
}
