import { readFile } from 'node:fs/promises'
import { KmsError } from '../../../../src-shared/errors'
import { fillEnvironment, hasReferences, planEnvironment, type EnvironmentPlan } from '../references/child-environment'
import type { Ending } from '../references/child-signals'
import { concealedForms } from '../references/concealed-forms'
import { parseEnvFile } from '../references/env-file'
import { PatternAutomaton } from '../references/pattern-automaton'
import { ReferenceResolver } from '../references/resolver'
import { runChild } from '../references/run-child'
import type { CliSession } from '../session'

export interface RunProgram {
  envFiles: readonly string[]
  masking: boolean
  program: string
  args: readonly string[]
}

const maximumEnvFileBytes = 1024 * 1024

/**
 * Replaces the references of the environment and gives what is left to do: to run the program, for which the vault must
 * be closed. Without references the vault is not opened at all.
 */
export async function prepareRun(session: CliSession, { envFiles, masking, program, args }: RunProgram): Promise<() => Promise<Ending>> {
  const files = await Promise.all(envFiles.map(readEnvFile))
  const plan = planEnvironment(process.env, files)
  const { env, concealed } = hasReferences(plan) ? await filled(session, plan, masking) : { env: await fillEnvironment(plan, new ReferenceResolver(session)), concealed: null }
  return () => runChild({ program, args, env }, concealed)
}

async function filled(session: CliSession, plan: EnvironmentPlan, masking: boolean): Promise<{ env: Record<string, string>; concealed: PatternAutomaton | null }> {
  await session.unlock()
  const resolver = new ReferenceResolver(session)
  try {
    const env = await fillEnvironment(plan, resolver)
    const concealed = masking ? automatonOf(await resolver.concealed()) : null
    return { env, concealed: concealed?.isEmpty ? null : concealed }
  } finally {
    resolver.destroy()
  }
}

function automatonOf(values: readonly Uint8Array[]): PatternAutomaton {
  const forms = values.flatMap(concealedForms)
  const automaton = new PatternAutomaton(forms)
  for (const bytes of [...values, ...forms]) bytes.fill(0)
  return automaton
}

async function readEnvFile(path: string): Promise<Map<string, string>> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new KmsError('FILE_NOT_FOUND', `${path} cannot be read.`, { fileName: path }, cause)
  })
  if (bytes.length > maximumEnvFileBytes) throw new KmsError('LIMIT_EXCEEDED', `${path} is too long.`, { limit: maximumEnvFileBytes })
  return parseEnvFile(bytes.toString('utf8'), path)
}
