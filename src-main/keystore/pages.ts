/** One page of a list, numbered from 1; past the end, and with size 0, it is empty. */
export function pageOf<T>(items: readonly T[], pageNumber: number, pageSize: number): readonly T[] {
  return items.slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
}
