import type { PageOperation } from '../../../src-shared/contract/bridge'
import type { EncryptionContext } from '../../../src-shared/model/encryption-context'
import { toBase64 } from '../../composables/base64'

/** Bytes that the caller reads from a file: what is secret or long is never written into a command. */
export interface FromFile {
  readonly kind: 'file'
  readonly name: string
}

/** An encryption context, told apart from a file. */
export interface InContext {
  readonly kind: 'context'
  readonly context: EncryptionContext
}

export type CallValue = string | number | Uint8Array | FromFile | InContext

/** A call of an operation as another program makes it. Parameters by their names in the contract; undefined ones are left out. */
export interface Call {
  operation: PageOperation
  parameters: Readonly<Record<string, CallValue | undefined>>
}

/** Operations that the Node SDK has no method for. */
const notInSdk: readonly PageOperation[] = ['generateMac', 'verifyMac']

export function fromFile(name: string): FromFile {
  return { kind: 'file', name }
}

/** Undefined for a context without pairs, which is the same as none. */
export function inContext(context: EncryptionContext): InContext | undefined {
  return Object.keys(context).length === 0 ? undefined : { kind: 'context', context }
}

function present({ parameters }: Call): [string, CallValue][] {
  return Object.entries(parameters).filter((entry): entry is [string, CallValue] => entry[1] !== undefined)
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** One word of a POSIX shell that stands for `text` as it is. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** What stands between the parts of the JSON text that are known: the bytes of a file, put in by the shell. */
function shellFile({ name }: FromFile): string {
  return `"$(base64 < ${name} | tr -d '\\n')"`
}

/** A parameter as JSON, with files left open as pieces of their own. */
function jsonPieces(value: CallValue): (string | FromFile)[] {
  if (typeof value === 'string' || typeof value === 'number') return [JSON.stringify(value)]
  if (value instanceof Uint8Array) return [JSON.stringify(toBase64(value))]
  return value.kind === 'context' ? [JSON.stringify(value.context)] : ['"', value, '"']
}

/** The line that makes the call in a POSIX shell. */
export function cliLine(call: Call): string {
  const pieces = present(call).flatMap(([name, value], index) => [`${index === 0 ? '{' : ','}${JSON.stringify(pascal(name))}:`, ...jsonPieces(value)])
  let words = ''
  let text = ''
  for (const piece of [...pieces, '}']) {
    if (typeof piece === 'string') {
      text += piece
    } else {
      words += shellWord(text) + shellFile(piece)
      text = ''
    }
  }
  return `keystead call ${pascal(call.operation)} ${words}${shellWord(text)}`
}

/** A string literal of JavaScript in single quotes. */
function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name)
}

function sdkValue(value: CallValue): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return literal(value)
  if (value instanceof Uint8Array) return literal(toBase64(value))
  if (value.kind === 'file') return `readFileSync(${literal(value.name)}, 'base64')`
  return `{ ${Object.entries(value.context).map(([name, text]) => `${property(name)}: ${literal(text)}`).join(', ')} }`
}

/** Named apart, because it is imported by the reader's program and not by the page. */
const fileModule = 'node:fs'

/** The call with the Node SDK @alicloud/kms20160120, `client` being its client; null for what the SDK cannot call. */
export function sdkCall(call: Call): string | null {
  if (notInSdk.includes(call.operation)) return null
  const values = present(call)
  const request = `${pascal(call.operation)}Request`
  const readsFile = values.some(([, value]) => typeof value === 'object' && 'kind' in value && value.kind === 'file')
  return [
    ...(readsFile ? [`import { readFileSync } from '${fileModule}'`] : []),
    `import { ${request} } from '@alicloud/kms20160120'`,
    '',
    `const answer = await client.${call.operation}(new ${request}({`,
    ...values.map(([name, value]) => `  ${name}: ${sdkValue(value)},`),
    '}))',
  ].join('\n')
}
