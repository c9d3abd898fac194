import { tokenDigestAlgorithms, tokenEncryptAlgorithms, tokenSignAlgorithms, tokenWrapAlgorithms, unwrappedKeyTypes, type TokenDigestAlgorithm, type TokenEncryptAlgorithm, type TokenSignAlgorithm, type TokenWrapAlgorithm } from '../../../../src-shared/model/token-work'
import { tokenLimits, type TokenKeyUse } from '../../../../src-shared/model/tokens'
import { choiceOf, expectCount, integerOf, outputOf, textOf, textsOf, UsageError, type CommandSyntax, type Options, type Parsed, type Values } from '../argument-values'
import { newKeyOf, newKeyOptions, type NewKey } from './new-key'
import { argument, objectOf, tokenSyntax, type ObjectCommand, type Token } from './token-arguments'
import { flag, hexOf, outputOptions, pinSource, text, texts, type PinSource } from './token-options'

export const importKinds = ['private-key', 'secret-key', 'certificate', 'data'] as const
const secretTypes = ['AES', 'GENERIC'] as const

/** Where a result goes: a file, or standard output. */
export interface Output {
  output: string | null
  force: boolean
}

export interface ImportCommand {
  file: string
  passwordFile: string | null
  content:
    | { kind: 'private-key'; key: NewKey }
    | { kind: 'secret-key'; key: NewKey; keyType: (typeof secretTypes)[number] }
    | { kind: 'certificate'; label: string | null; idHex: string | null }
    | { kind: 'data'; label: string; application: string | null; isPrivate: boolean }
}

export interface WrapCommand extends ObjectCommand, Output {
  wrapping: string
  algorithm: TokenWrapAlgorithm | null
}

export interface UnwrapCommand {
  file: string
  unwrapping: string
  algorithm: TokenWrapAlgorithm | null
  keyType: (typeof unwrappedKeyTypes)[number]
  key: NewKey
}

export interface CopyCommand extends ObjectCommand {
  target: string
  targetPin: PinSource
  /** A key that both tokens hold. */
  wrapping: string | null
  isExtractable: boolean
}

export interface SignCommand extends ObjectCommand {
  algorithm: TokenSignAlgorithm | null
  isDigest: boolean
  input: string
}

export interface CipherCommand extends ObjectCommand, Output {
  algorithm: TokenEncryptAlgorithm | null
  associatedDataFile: string | null
  input: string
}

export interface NamesCommand extends ObjectCommand, Output {
  subject: string
  subjectAlternativeNames: string[]
}

export type TokenKeyCommand =
  | Token<'import', ImportCommand>
  | Token<'export', ObjectCommand & Output & { format: 'PEM' | 'DER' }>
  | Token<'wrap', WrapCommand>
  | Token<'unwrap', UnwrapCommand>
  | Token<'copy', CopyCommand>
  | Token<'sign', SignCommand & Output>
  | Token<'verify', SignCommand & { signature: string }>
  | Token<'encrypt', CipherCommand>
  | Token<'decrypt', CipherCommand>
  | Token<'random', Output & { length: number }>
  | Token<'digest', { algorithm: TokenDigestAlgorithm; input: string }>
  | Token<'csr', NamesCommand>
  | Token<'certificate', NamesCommand & { validityDays: number; isCa: boolean; isStored: boolean }>
  | Token<'ssh-key', ObjectCommand & { comment: string | null }>
  | Token<'module examine', { file: string }>

const classOption: Options = { class: text }
const inputOption: Options = { input: { ...text, short: 'i' } }
const cipherOptions: Options = { algorithm: text, 'aad-file': text, ...classOption, ...inputOption, ...outputOptions }
const nameOptions: Options = { subject: text, san: texts, ...classOption, ...outputOptions }

function outputFrom(values: Values): Output {
  return { output: outputOf(values), force: values['force'] === true }
}

const inputFrom = (values: Values) => textOf(values['input']) ?? '-'

function needed(command: string, name: string, what: string, values: Values): string {
  const value = textOf(values[name])
  if (value === null) throw new UsageError(`token ${command} needs --${name} ${what}`)
  return value
}

function importContent(values: Values): ImportCommand['content'] {
  const kind = choiceOf('as', values['as'], importKinds)
  if (kind === null) throw new UsageError(`token import needs --as, one of ${importKinds.join(', ')}`)
  if (kind === 'certificate') return { kind, label: textOf(values['label']), idHex: hexOf('id', values['id']) }
  if (kind === 'data') return { kind, label: needed('import', 'label', 'LABEL', values), application: textOf(values['application']), isPrivate: values['public'] !== true }
  const keyType = choiceOf('type', values['type'], secretTypes) ?? 'AES'
  const uses: readonly TokenKeyUse[] = kind === 'secret-key' && keyType === 'AES' ? ['encrypt', 'decrypt'] : ['sign', 'verify']
  const key = newKeyOf('token import', values, uses)
  return kind === 'private-key' ? { kind, key } : { kind, key, keyType }
}

function cipher(command: 'encrypt' | 'decrypt') {
  return (parsed: Parsed): CipherCommand => ({
    ...objectOf(command, parsed),
    ...outputFrom(parsed.values),
    algorithm: choiceOf('algorithm', parsed.values['algorithm'], tokenEncryptAlgorithms),
    associatedDataFile: textOf(parsed.values['aad-file']),
    input: inputFrom(parsed.values),
  })
}

function signing(command: 'sign' | 'verify', parsed: Parsed): SignCommand {
  const { values } = parsed
  return { ...objectOf(command, parsed), algorithm: choiceOf('algorithm', values['algorithm'], tokenSignAlgorithms), isDigest: values['is-digest'] === true, input: inputFrom(values) }
}

function namesOf(command: 'csr' | 'certificate', parsed: Parsed): NamesCommand {
  const { values } = parsed
  return { ...objectOf(command, parsed), ...outputFrom(values), subject: needed(command, 'subject', 'SUBJECT', values), subjectAlternativeNames: textsOf(values['san']) }
}

type Syntaxes = { [A in TokenKeyCommand['action'] as `token ${A}`]: CommandSyntax<Extract<TokenKeyCommand, { action: A }>> }

/** The commands below `token` that use keys, and bring things onto a token and out of it. */
export const tokenKeyCommands: Syntaxes = {
  'token import': tokenSyntax('import', { as: text, type: text, application: text, public: flag, 'password-file': text, ...newKeyOptions }, (parsed) => ({
    file: argument('import', parsed),
    passwordFile: textOf(parsed.values['password-file']),
    content: importContent(parsed.values),
  })),
  'token export': tokenSyntax('export', { format: text, public: flag, ...classOption, ...outputOptions }, (parsed) => ({
    ...objectOf('export', parsed),
    ...outputFrom(parsed.values),
    format: choiceOf('format', parsed.values['format'], ['PEM', 'DER'] as const) ?? 'PEM',
  })),
  'token wrap': tokenSyntax('wrap', { with: text, algorithm: text, ...classOption, ...outputOptions }, (parsed) => ({
    ...objectOf('wrap', parsed),
    ...outputFrom(parsed.values),
    wrapping: needed('wrap', 'with', 'KEY', parsed.values),
    algorithm: choiceOf('algorithm', parsed.values['algorithm'], tokenWrapAlgorithms),
  })),
  'token unwrap': tokenSyntax('unwrap', { with: text, algorithm: text, type: text, ...newKeyOptions }, (parsed) => {
    const { values } = parsed
    const keyType = choiceOf('type', values['type'], unwrappedKeyTypes)
    if (keyType === null) throw new UsageError(`token unwrap needs --type, one of ${unwrappedKeyTypes.join(', ')}`)
    const key = newKeyOf('token unwrap', values, keyType === 'AES' ? ['encrypt', 'decrypt'] : ['sign', 'verify'])
    return { file: argument('unwrap', parsed), unwrapping: needed('unwrap', 'with', 'KEY', values), algorithm: choiceOf('algorithm', values['algorithm'], tokenWrapAlgorithms), keyType, key }
  }),
  'token copy': tokenSyntax('copy', { to: text, with: text, extractable: flag, 'to-pin': text, 'to-pin-file': text, 'to-pin-fd': text, ...classOption }, (parsed) => ({
    ...objectOf('copy', parsed),
    target: needed('copy', 'to', 'TOKEN', parsed.values),
    targetPin: pinSource('to-pin', parsed.values),
    wrapping: textOf(parsed.values['with']),
    isExtractable: parsed.values['extractable'] === true,
  })),
  'token sign': tokenSyntax('sign', { algorithm: text, 'is-digest': flag, ...classOption, ...inputOption, ...outputOptions }, (parsed) => ({ ...signing('sign', parsed), ...outputFrom(parsed.values) })),
  'token verify': tokenSyntax('verify', { algorithm: text, 'is-digest': flag, signature: text, ...classOption, ...inputOption }, (parsed) => ({
    ...signing('verify', parsed),
    signature: needed('verify', 'signature', 'FILE', parsed.values),
  })),
  'token encrypt': tokenSyntax('encrypt', cipherOptions, cipher('encrypt')),
  'token decrypt': tokenSyntax('decrypt', cipherOptions, cipher('decrypt')),
  'token random': tokenSyntax('random', outputOptions, (parsed) => {
    const length = integerOf('token random', argument('random', parsed), 1, tokenLimits.randomBytes)
    if (length === null) throw new UsageError('token random needs a number of bytes')
    return { length, ...outputFrom(parsed.values) }
  }),
  'token digest': tokenSyntax('digest', { algorithm: text, ...inputOption }, (parsed) => {
    expectCount('token digest', parsed.positionals, 0, 0)
    return { algorithm: choiceOf('algorithm', parsed.values['algorithm'], tokenDigestAlgorithms) ?? 'SHA_256', input: inputFrom(parsed.values) }
  }),
  'token csr': tokenSyntax('csr', nameOptions, (parsed) => namesOf('csr', parsed)),
  'token certificate': tokenSyntax('certificate', { days: text, ca: flag, 'not-stored': flag, ...nameOptions }, (parsed) => ({
    ...namesOf('certificate', parsed),
    validityDays: integerOf('--days', parsed.values['days'], 1, 36_500) ?? 365,
    isCa: parsed.values['ca'] === true,
    isStored: parsed.values['not-stored'] !== true,
  })),
  'token ssh-key': tokenSyntax('ssh-key', { comment: text, ...classOption }, (parsed) => ({ ...objectOf('ssh-key', parsed), comment: textOf(parsed.values['comment']) })),
  'token module examine': tokenSyntax('module examine', {}, (parsed) => ({ file: argument('module examine', parsed) })),
}
