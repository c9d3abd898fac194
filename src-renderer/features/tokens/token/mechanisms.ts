import type { TokenMechanism } from '../../../../src-shared/contract/tokens'

/** Mechanisms of which each word that is typed is part of the name, the number or a use, by name. */
export function findMechanisms(all: readonly TokenMechanism[], search: string): TokenMechanism[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '')
  return all
    .filter(({ name, mechanism, uses }) => {
      const text = [name, mechanism, ...uses].join(' ').toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
