/** Text of a foreign file or device: nothing in it may steer a terminal. */
export function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD')
}

/** A table for people: columns as wide as their widest cell, two spaces between them. */
export function tableLines(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [titles, ...rows.map((row) => row.map(withoutControls))]
  const widths = titles.map((_, column) => all.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0))
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
}
