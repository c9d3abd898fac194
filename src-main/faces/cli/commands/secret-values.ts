import { createReadStream } from 'node:fs'
import type { RequestInput, Response } from '../../../../src-shared/contract/operations'
import { isKmsError, KmsError } from '../../../../src-shared/errors'
import { packValues } from '../../../../src-shared/model/packed-values'
import { templateFields, type SecretField, type SecretTemplate } from '../../../../src-shared/model/secrets'
import { responseToKms } from '../../kms/response-mapping'
import { writeOutput } from '../chosen-output'
import { copyBytes } from '../references/own-bytes'
import type { PutCommand, ValueChoice } from '../secret-arguments'
import { readAllBytes } from '../standard-input'
import { askHidden } from '../terminal'
import type { CliSession } from '../session'
import { nextVersionId } from './next-version-id'

/** More than any value may have; the secret manager says what is too long. */
const maximumValueBytes = 64 * 1024

export interface GetCommand extends ValueChoice {
  json: boolean
  output: string | null
  force: boolean
}

/** Prints a value as it is, or with everything that the KMS says of it; or writes it to a file for its owner only. */
export async function runSecretGet(session: CliSession, command: GetCommand): Promise<void> {
  await session.unlock()
  const value = command.json ? await answerOf(session, command) : await valueOf(session, command)
  try {
    await handOut(session, value, command)
  } finally {
    value.fill(0)
  }
}

async function handOut(session: CliSession, value: Uint8Array, { output, force, json }: GetCommand): Promise<void> {
  if (output !== null && output !== '-') return writeOutput(output, value, force)
  await session.write(value)
  // A prompt directly behind the value is easily taken for a part of it.
  if (json || session.output.isTTY) session.print('')
}

function chosen({ name, stage, version }: ValueChoice): { secretName: string; versionStage?: string; versionId?: string } {
  return { secretName: name, ...(stage === null ? {} : { versionStage: stage }), ...(version === null ? {} : { versionId: version }) }
}

async function valueOf(session: CliSession, command: ValueChoice): Promise<Uint8Array> {
  const { value } = await session.run('revealSecretValue', { ...chosen(command), ...(command.field === null ? {} : { field: command.field }) })
  return value
}

async function answerOf(session: CliSession, command: ValueChoice): Promise<Uint8Array> {
  const response = await session.run('getSecretValue', chosen(command))
  const answer = new TextEncoder().encode(JSON.stringify(responseToKms('getSecretValue', response)))
  response.secretData.fill(0)
  return answer
}

/** Adds a version, with the value from standard input, the terminal or a file; or sets one field; or makes the secret. */
export async function runSecretPut(session: CliSession, command: PutCommand): Promise<void> {
  const value = await readValue(session, command.file)
  try {
    await session.unlock()
    session.print(JSON.stringify(await put(session, command, value)))
  } finally {
    value.fill(0)
  }
}

async function readValue({ input }: CliSession, file: string | null): Promise<Uint8Array> {
  if (file === null) return input.isTTY ? askHidden('Value: ') : readAllBytes(input, maximumValueBytes)
  return readAllBytes(createReadStream(file), maximumValueBytes).catch((error: unknown) => {
    throw isKmsError(error) ? error : new KmsError('FILE_NOT_FOUND', `${file} cannot be read.`, { fileName: file }, error)
  })
}

async function put(session: CliSession, command: PutCommand, value: Uint8Array): Promise<object> {
  const isNew = command.create && !(await exists(session, command.name))
  if (command.field !== null) return putField(session, command, command.field, value, isNew)
  return isNew ? createSecret(session, command, value) : putVersion(session, command, value)
}

async function exists(session: CliSession, secretName: string): Promise<boolean> {
  try {
    await session.run('describeSecret', { secretName })
    return true
  } catch (error) {
    if (isKmsError(error, 'SECRET_NOT_FOUND')) return false
    throw error
  }
}

function dataTypeOf({ binary }: PutCommand): { secretDataType: 'binary' | 'text' } {
  return { secretDataType: binary ? 'binary' : 'text' }
}

async function putVersion(session: CliSession, command: PutCommand, value: Uint8Array): Promise<object> {
  const versionId = command.versionId ?? (await nextVersionId(session, command.name))
  const stages = command.stages === null ? {} : { versionStages: command.stages }
  const request = { secretName: command.name, versionId, ...dataTypeOf(command), secretData: copyBytes(value), ...stages }
  return responseToKms('putSecretValue', await session.run('putSecretValue', request))
}

/** The first version is current whatever stages are asked for; the others are given to it as well. */
async function createSecret(session: CliSession, command: PutCommand, value: Uint8Array): Promise<object> {
  const versionId = command.versionId ?? 'v1'
  const request = { secretName: command.name, versionId, ...dataTypeOf(command), secretData: copyBytes(value), ...newSecretOptions(command) }
  const response = await session.run('createSecret', request)
  for (const versionStage of command.stages?.filter((stage) => stage !== 'ACSCurrent') ?? []) {
    await session.run('updateSecretVersionStage', { secretName: command.name, versionStage, moveToVersion: versionId })
  }
  return responseToKms('createSecret', response)
}

function newSecretOptions({ key, description }: PutCommand): { encryptionKeyId?: string; description?: string } {
  return { ...(key === null ? {} : { encryptionKeyId: key }), ...(description === null ? {} : { description }) }
}

async function putField(session: CliSession, command: PutCommand, name: string, value: Uint8Array, isNew: boolean): Promise<object> {
  const draft = isNew ? newDraft(command, name) : changedDraft(await session.run('getSecretDetails', { secretName: command.name }), name)
  return responseToKms('saveSecret', await session.run('saveSecret', { ...draft, values: packValues([value]) }))
}

type Draft = Omit<RequestInput<'saveSecret'>, 'values'>

function newDraft(command: PutCommand, field: string): Draft {
  return { name: command.name, template: command.template, fields: [{ ...fieldNamed(field, command.template), isGiven: true }], ...newSecretOptions(command) }
}

/** Everything as it is, but for one field. */
function changedDraft({ row, fields }: Response<'getSecretDetails'>, field: string): Draft {
  if (fields === null) throw new KmsError('INVALID_PARAMETER', 'The value of this secret is not a set of fields. Leave --field out to replace all of it.')
  const kept = fields.map(({ name, kind, isSecret }) => ({ name, kind, isSecret, isGiven: name === field }))
  return {
    existing: row.secretName,
    name: row.secretName,
    template: row.template,
    description: row.description,
    fields: kept.some(({ isGiven }) => isGiven) ? kept : [...kept, { ...fieldNamed(field, row.template), isGiven: true }],
    tags: row.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })),
    isFavourite: row.isFavourite,
    expiryDate: row.expiryDate,
    ...(row.currentVersionId === null ? {} : { basedOnVersionId: row.currentVersionId }),
  }
}

/** A field as the template has it; any other is secret. */
function fieldNamed(name: string, template: SecretTemplate | null): SecretField {
  const known = template === null ? undefined : templateFields[template].find((field) => field.name === name)
  return known ?? { name, kind: 'password', isSecret: true }
}
