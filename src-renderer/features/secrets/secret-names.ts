import { secretLimits, secretNameProblem, type SecretType } from '../../../src-shared/model/secrets'

/** A name in its two parts: the folder with its last `/` (empty for none), and what is left. */
export function splitName(name: string): { folder: string; leaf: string } {
  const at = name.lastIndexOf('/') + 1
  return { folder: name.slice(0, at), leaf: name.slice(at) }
}

/** What is wrong with a name; names of the texts below `secrets.nameProblem`. */
export type NameFault = 'empty' | 'tooLong' | 'characters' | 'slashes' | 'reserved' | 'ecs' | 'ram'

/** Null for a name that a secret of this type can get, otherwise what to say about it. */
export function nameFault(name: string, type: SecretType): NameFault | null {
  if (secretNameProblem(name, type) === null) return null
  if (name === '') return 'empty'
  if (name.length > secretLimits.nameChars) return 'tooLong'
  if (secretNameProblem(`x${name.replace(/\//g, '')}x`) !== null) return 'characters'
  if (name.startsWith('/') || name.endsWith('/') || name.includes('//')) return 'slashes'
  if (type === 'ECS') return 'ecs'
  return type === 'RAMCredentials' ? 'ram' : 'reserved'
}

/** Null for a folder that secrets can be moved to, empty for none; otherwise what to say about it. */
export function folderFault(folder: string): NameFault | null {
  return folder === '' ? null : nameFault(`${folder}/x`, 'Generic')
}
