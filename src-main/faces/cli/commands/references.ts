import { createReadStream } from 'node:fs'
import { isKmsError, KmsError } from '../../../../src-shared/errors'
import { writeOutput } from '../chosen-output'
import { joinBytes } from '../references/own-bytes'
import { ReferenceResolver } from '../references/resolver'
import { templateParts, type TemplatePart } from '../references/template'
import { readAll } from '../standard-input'
import type { CliSession } from '../session'

const maximumTemplateBytes = 16 * 1024 * 1024

/** Prints the value of a reference as it is; `newline` adds a line end. */
export async function runRead(session: CliSession, { reference, newline }: { reference: string; newline: boolean }): Promise<void> {
  await withResolver(session, async (resolver) => {
    const { value } = await resolver.resolve(reference)
    await session.write(newline ? joinBytes([value, lineEnd]) : value)
  })
}

const lineEnd = new Uint8Array([0x0a])

/** Fills a template in. The result goes to standard output, or to a file for its owner only that is complete or not there. */
export async function runInject(session: CliSession, { input, output, force }: { input: string; output: string; force: boolean }): Promise<void> {
  // In Latin-1 every byte is a character of its own: what is no reference comes out as it went in.
  const parts = templateParts(await readTemplate(session, input))
  await withResolver(session, async (resolver) => {
    const pieces: Uint8Array[] = []
    for (const part of parts) pieces.push(await pieceOf(part, resolver))
    const filled = joinBytes(pieces)
    try {
      await (output === '-' ? session.write(filled) : writeOutput(output, filled, force))
    } finally {
      filled.fill(0)
    }
  })
}

async function pieceOf(part: TemplatePart, resolver: ReferenceResolver): Promise<Uint8Array> {
  if ('text' in part) return Buffer.from(part.text, 'latin1')
  try {
    return (await resolver.resolve(Buffer.from(part.reference, 'latin1').toString('utf8'))).value
  } catch (error) {
    throw isKmsError(error) ? new KmsError(error.code, `Line ${part.line}: ${error.message}`, {}, error) : error
  }
}

async function readTemplate(session: CliSession, input: string): Promise<string> {
  if (input === '-') return readAll(session.input, maximumTemplateBytes, 'latin1')
  try {
    return await readAll(createReadStream(input), maximumTemplateBytes, 'latin1')
  } catch (error) {
    throw isKmsError(error) ? error : new KmsError('FILE_NOT_FOUND', `${input} cannot be read.`, { fileName: input }, error)
  }
}

async function withResolver(session: CliSession, work: (resolver: ReferenceResolver) => Promise<void>): Promise<void> {
  await session.unlock()
  const resolver = new ReferenceResolver(session)
  try {
    await work(resolver)
  } finally {
    resolver.destroy()
  }
}
