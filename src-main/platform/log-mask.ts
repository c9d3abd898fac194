import { homedir } from 'node:os'

const mask = '[masked]'
const maxDepth = 4
const maxItems = 50
const maxText = 500

/** Names whose values are never written, wherever they stand and however they are cased or joined. */
const secretName =
  /pass(word|phrase|code)|pin(code|hash|value)?s?$|plain|secret|words?$|mnemonic|token|credential|private|material|(root|data|master|device|wrapping|encryption|raw)[-_]?key|key[-_]?(bytes|value|material)|^key$|cookie|clipboard|seed|entropy|blob|ciphertext/i

const safeTypes = new Set(['number', 'boolean'])

/**
 * A copy of `fields` that may be written to a log: values under secret-looking names and all bytes are masked, texts are
 * cut, depth and size are bounded. Never throws.
 */
export function maskFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return maskObject(fields, 0)
}

/** Name, code and stack frames of an error and of its causes. No messages: they may quote what the user typed. */
export function describeCause(cause: unknown, depth = 0): Record<string, unknown> {
  if (!(cause instanceof Error)) return { type: cause === null ? 'null' : typeof cause }
  const described: Record<string, unknown> = { name: cause.name, stack: stackFrames(cause) }
  if ('code' in cause && (typeof cause.code === 'string' || typeof cause.code === 'number')) described['code'] = cause.code
  if (cause.cause !== undefined && depth < maxDepth) described['cause'] = describeCause(cause.cause, depth + 1)
  return described
}

function maskObject(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).slice(0, maxItems)
  return Object.fromEntries(entries.map(([name, item]) => [name, maskNamed(name, item, depth)]))
}

function maskNamed(name: string, value: unknown, depth: number): unknown {
  const isHarmless = value === null || value === undefined || typeof value === 'boolean'
  return secretName.test(name) && !isHarmless ? mask : maskValue(value, depth)
}

function maskValue(value: unknown, depth: number): unknown {
  if (value === null || value === undefined || safeTypes.has(typeof value)) return value
  if (typeof value === 'string') return value.length > maxText ? `${value.slice(0, maxText)}…` : value
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return describeCause(value)
  if (typeof value !== 'object' || depth >= maxDepth) return mask
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => maskValue(item, depth + 1))
  return isPlainObject(value) ? maskObject(value, depth + 1) : mask
}

/** Bytes, SecretBuffers, maps and class instances are not: nobody knows what they hold. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Only the lines that name a place; the lines before them repeat the message. Home folders become `~`. */
function stackFrames(error: Error): string[] {
  const home = homedir()
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at .*[:(]/.test(line))
    .slice(0, 20)
    .map((line) => line.trim().replaceAll(home, '~').replace(/(\/home|\/Users|[A-Z]:\\Users)[\\/][^\\/)]+/g, '~'))
}
