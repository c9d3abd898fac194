import { secretLimits, secretNameProblem } from '../../../src-shared/model/secrets'

const unnamed = 'unnamed'
/** Letters that are not made of another letter and a mark. */
const letters: ReadonlyMap<string, string> = new Map(Object.entries({ ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', đ: 'd', Đ: 'D', ł: 'l', Ł: 'L', þ: 'th', Þ: 'Th', ð: 'd', Ð: 'D', ı: 'i', ħ: 'h', Ħ: 'H' }))
/** A part of a name keeps room for those around it. */
const longestFolder = 60
const longestTitle = 120
/** For `-12345` behind a name that is taken. */
const numberChars = 8

/** A name for a secret. */
export interface FoundName {
  readonly name: string
  /** It says less than what was found, or something else. */
  readonly isChanged: boolean
}

/**
 * The name of a secret in these folders (outermost first) below `base`: white space and what no name may have becomes `-`,
 * letters lose their marks. `otherTitle` is for a title of which nothing is left.
 */
export function nameOf(base: string, folders: readonly string[], title: string, otherTitle: string): FoundName {
  const own = part(title, longestTitle) || part(otherTitle, longestTitle) || unnamed
  const parts = folders.map((folder) => part(folder, longestFolder))
  const name = fitted(base, parts.filter((folder) => folder !== ''), own)
  const wanted = [...(base === '' ? [] : [base]), ...[...folders, title].map((text) => text.trim().replaceAll(/\s+/g, '-'))].join('/')
  return { name, isChanged: name !== wanted }
}

/** Gives every name once. For a name that is asked for again the numbers go on from the last one, so that many of one name take no longer than many different ones. */
export class FreeNames {
  readonly #mostChars: number
  readonly #isTaken: (name: string) => boolean
  readonly #given = new Set<string>()
  /** By what stands around the number: the next one to try. */
  readonly #next = new Map<string, number>()

  /** Names of up to so many characters. What `isTaken` says stays true, and is given to nobody. */
  constructor(mostChars: number, isTaken: (name: string) => boolean = () => false) {
    this.#mostChars = mostChars
    this.#isTaken = isTaken
  }

  /** The first of `name`, `name-2`, `name-3`... that is free; each with `ending` behind it. */
  take(name: string, ending = ''): string {
    const start = name.slice(0, this.#mostChars - numberChars - ending.length)
    let free = `${name}${ending}`
    let number = this.#next.get(`${start}/${ending}`) ?? 2
    for (; this.#isTaken(free) || this.#given.has(free); number++) free = `${start}-${number}${ending}`
    this.#next.set(`${start}/${ending}`, number)
    this.#given.add(free)
    return free
  }
}

/** Folders that do not fit are left out from the outside, then the title is cut. */
function fitted(base: string, folders: readonly string[], own: string): string {
  const most = secretLimits.nameChars - numberChars
  const left = [...folders]
  const whole = () => [base, ...left, own].filter((text) => text !== '').join('/')
  while (left.length > 0 && whole().length > most) left.shift()
  const name = whole().slice(0, most)
  return secretNameProblem(name) === null ? name : name.replace(/^acs\//, 'acs-/')
}

function part(text: string, longest: number): string {
  const plain = [...text.normalize('NFKD')].map((character) => letters.get(character) ?? character).join('')
  return plain
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_+=.@-]+/g, '-')
    .replaceAll(/-{2,}/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, longest)
}
