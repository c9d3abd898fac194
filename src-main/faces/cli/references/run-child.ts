import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { KmsError } from '../../../../src-shared/errors'
import { childPipes } from './child-pipes'
import { collectGarbage } from './collect-garbage'
import { forwardSignals, type Ending } from './child-signals'
import { MaskingStream } from './masking-stream'
import type { PatternAutomaton } from './pattern-automaton'

export interface ChildCommand {
  program: string
  args: readonly string[]
  env: Record<string, string>
}

/** The program could not be started; `exitCode` is what a shell gives then. */
export class NotStarted extends Error {
  readonly exitCode: number

  constructor(program: string, cause: NodeJS.ErrnoException) {
    const isMissing = cause.code === 'ENOENT'
    const problem = new KmsError(isMissing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE', `${program}: ${isMissing ? 'there is no such command' : 'it cannot be started'}.`)
    super(problem.message, { cause: problem })
    this.exitCode = isMissing ? 127 : 126
  }
}

/** How long a few bytes that may begin a value wait for the next ones. */
const patienceMs = 50

/**
 * Runs a program with our own input and, where `concealed` is null, our own output; else what it writes passes through
 * masks. Signals are passed on. Gives how it ended; NotStarted.
 */
export async function runChild({ program, args, env }: ChildCommand, concealed: PatternAutomaton | null): Promise<Ending> {
  await collectGarbage()
  const pipes = concealed && (await childPipes(2))
  const outputs = pipes?.map(({ writeEnd }) => writeEnd) ?? Array.from({ length: 2 }, () => (concealed ? 'pipe' : 'inherit') as 'pipe' | 'inherit')
  const child = spawn(program, args, { env, stdio: ['inherit', ...outputs] })
  const release = forwardSignals(child)
  for (const { writeEnd } of pipes ?? []) closeSync(writeEnd)
  const sources = pipes?.map(({ readable }) => readable) ?? [child.stdout, child.stderr]
  const targets = [process.stdout, process.stderr]
  const pumped = Promise.all(sources.map((source, at) => pump(source, targets[at], concealed)))
  try {
    return await ended(child, program).finally(release)
  } finally {
    await pumped
    concealed?.destroy()
  }
}

function ended(child: ChildProcess, program: string): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new NotStarted(program, cause)))
    child.once('exit', (code, signal) => resolve(signal === null ? { code: code ?? 1 } : { signal }))
  })
}

/** Copies masked. When nobody reads our output any more, the child learns it by its own next write. */
async function pump(source: Readable | null, target: Writable | undefined, concealed: PatternAutomaton | null): Promise<void> {
  if (!source || !target || !concealed) return
  const masking = new MaskingStream(concealed)
  let timer: NodeJS.Timeout | undefined
  const giveUp = () => source.destroy()
  target.on('error', giveUp)
  try {
    for await (const chunk of source) {
      clearTimeout(timer)
      const bytes = chunk as Buffer
      await write(target, masking.push(bytes))
      bytes.fill(0)
      if (masking.holdsLittle) timer = setTimeout(() => void write(target, masking.release()), patienceMs)
    }
  } catch {
    // Cut off in the middle: what was read so far is still written.
  } finally {
    clearTimeout(timer)
    await write(target, masking.end())
  }
}

function write(target: Writable, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0) return Promise.resolve()
  return new Promise((resolve) => target.write(bytes, () => resolve()))
}
