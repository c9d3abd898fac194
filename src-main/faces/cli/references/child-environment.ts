import { isKmsError, KmsError } from '../../../../src-shared/errors'
import type { ReferenceResolver } from './resolver'
import { variableParts, type TemplatePart } from './template'

/** Variables of a child: text, or the parts in which references wait for their values. */
export type EnvironmentPlan = Map<string, string | TemplatePart[]>

/** What makes the runtime of the application behave as Node: nothing of a child's. */
const ownVariable = 'ELECTRON_RUN_AS_NODE'

/** The environment of a child: the one that is inherited, then that of each env file. INVALID_PARAMETER names the variable. */
export function planEnvironment(inherited: Readonly<Record<string, string | undefined>>, files: readonly ReadonlyMap<string, string>[]): EnvironmentPlan {
  const plan: EnvironmentPlan = new Map()
  const own = Object.entries(inherited).filter(([name]) => name !== ownVariable)
  for (const [name, value] of [...own, ...files.flatMap((file) => [...file])]) {
    if (value !== undefined) plan.set(name, naming(name, () => variableParts(value) ?? value))
  }
  return plan
}

/** Whether any value comes from the vault. */
export function hasReferences(plan: EnvironmentPlan): boolean {
  return [...plan.values()].some((value) => typeof value !== 'string')
}

/**
 * The environment with every reference replaced. A reference without a value names its variable; INVALID_PARAMETER for
 * a value that no environment can hold: bytes that are no UTF-8, or NUL.
 */
export async function fillEnvironment(plan: EnvironmentPlan, resolver: Pick<ReferenceResolver, 'resolve'>): Promise<Record<string, string>> {
  const filled: [string, string][] = []
  for (const [name, value] of plan) {
    filled.push([name, typeof value === 'string' ? value : await textOf(value, resolver).catch((error: unknown) => refuse(name, error))])
  }
  return Object.fromEntries(filled)
}

async function textOf(parts: readonly TemplatePart[], resolver: Pick<ReferenceResolver, 'resolve'>): Promise<string> {
  const texts: string[] = []
  for (const part of parts) texts.push('text' in part ? part.text : variableText((await resolver.resolve(part.reference)).value))
  return texts.join('')
}

function variableText(value: Uint8Array): string {
  if (value.includes(0)) throw new KmsError('INVALID_PARAMETER', 'The value has a NUL byte, which no variable can hold.')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    throw new KmsError('INVALID_PARAMETER', 'The value is not UTF-8 text, and no variable can hold it.')
  }
}

function naming<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    return refuse(name, error)
  }
}

function refuse(name: string, error: unknown): never {
  if (!isKmsError(error)) throw error
  throw new KmsError(error.code, `${name}: ${error.message}`, {}, error)
}
