/** A line `NAME=value` of an .env file. */
export interface EnvPair {
  name: string
  value: string
}

/** The pairs of an .env text in their order, a later one of the same name in place of the earlier, and the lines that are none. */
export interface EnvReading {
  pairs: EnvPair[]
  /** Numbers of lines, from 1. */
  refusedLines: number[]
}

/**
 * Reads an .env text: comments, `export`, quotes in which a value may go over several lines, and the escapes of double
 * quotes. Nothing is expanded: `$NAME` stays as it is written.
 */
export function readEnv(text: string): EnvReading {
  const lines = text.replaceAll(/\r\n?/g, '\n').split('\n')
  const found = new Map<string, string>()
  const refusedLines: number[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (/^\s*(#.*)?$/.test(line)) continue
    const [, name, rest] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/.exec(line) ?? []
    if (name === undefined || rest === undefined) {
      refusedLines.push(at + 1)
      continue
    }
    const quoted = readQuoted(rest, lines, at)
    if (quoted === null) refusedLines.push(at + 1)
    else {
      found.delete(name)
      found.set(name, quoted.value)
      at = quoted.lastLine
    }
  }
  return { pairs: [...found].map(([name, value]) => ({ name, value })), refusedLines }
}

/** The value that begins with `rest` on line `at`; null for a quote that is never closed or has something after it. */
function readQuoted(rest: string, lines: readonly string[], at: number): { value: string; lastLine: number } | null {
  const quote = rest[0]
  if (quote !== '"' && quote !== "'") return { value: rest.replace(/\s+#.*$/, '').trimEnd(), lastLine: at }
  const text = [rest, ...lines.slice(at + 1)].join('\n')
  const [whole, inside, after] = (quote === '"' ? /^"((?:[^"\\]|\\[\s\S])*)"([^\n]*)/ : /^'([^']*)'([^\n]*)/).exec(text) ?? []
  if (whole === undefined || inside === undefined || !/^\s*(#.*)?$/.test(after ?? '')) return null
  return { value: quote === '"' ? unescaped(inside) : inside, lastLine: at + inside.split('\n').length - 1 }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' }

function unescaped(inside: string): string {
  return inside.replaceAll(/\\([\s\S])/g, (whole, character: string) => escapes[character] ?? whole)
}
