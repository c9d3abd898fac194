import { homedir } from 'node:os'

const mask = '[masked]'
const maxDepth = 4
const maxItems = 50
const maxText = 500
const maxFrames = 20

/** Names whose values are never written, wherever they stand and however they are cased or joined. */
const secretName =
  /pass(word|phrase|code)|pin(code|hash|value)?s?$|plain|secret|words?$|mnemonic|token|credential|private|material|(root|data|master|device|wrapping|encryption|raw)[-_]?key|key[-_]?(bytes|value|material)|^key$|cookie|clipboard|seed|entropy|blob|ciphertext/i

const safeTypes = new Set(['number', 'boolean'])

/**
 * A copy of `fields` that may be written to a log: values under secret-looking names and all bytes are masked, texts are
 * cut, depth and size are bounded.
 */
export function maskFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return maskObject(fields, 0)
}

/** Name, code and stack frames of an error and of its causes. No messages: they may quote what the user typed. */
export function describeCause(cause: unknown, depth = 0): Record<string, unknown> {
  if (!(cause instanceof Error)) return { type: cause === null ? 'null' : typeof cause }
  const described: Record<string, unknown> = { name: identifier(cause.name), stack: stackFrames(cause) }
  if ('code' in cause) described['code'] = identifier(cause.code)
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

/**
 * The lines that name a place, with home folders as `~`. A stack starts with a copy of the message, which may itself look
 * like frames: it is cut off by its text, and a stack without that text is not written at all.
 */
function stackFrames(error: Error): string[] {
  const stack = error.stack ?? ''
  const messageStart = stack.indexOf(error.message)
  if (messageStart < 0) return []
  return stack
    .slice(messageStart + error.message.length)
    .split('\n')
    .filter((line) => /^\s+at .*[:(]/.test(line))
    .slice(0, maxFrames)
    .map((line) => withoutHome(line.trim()))
}

function withoutHome(line: string): string {
  const home = homedir()
  const shortened = home.length > 1 ? line.replaceAll(home, '~') : line
  return shortened.replace(/(\/home|\/Users|[A-Z]:\\Users)[\\/][^\\/)]+/g, '~')
}

/** Names and codes are identifiers; anything else could be somebody's text. */
function identifier(value: unknown): string | number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\w{1,60}$/.test(value) ? value : undefined
}
