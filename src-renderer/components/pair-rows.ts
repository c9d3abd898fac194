/** One name and value as they stand in a form. */
export interface PairRow {
  id: number
  name: string
  value: string
}

let nextId = 0

/** A row with an id that no other row of the page has. */
export function newPairRow(name = '', value = ''): PairRow {
  return { id: nextId++, name, value }
}
