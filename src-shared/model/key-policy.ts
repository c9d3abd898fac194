import { limits } from './limits'

const sidChars = 128
const principal = /^(\*|acs:ram::[A-Za-z0-9*-]{1,64}:[A-Za-z0-9*/_.@-]{1,256})$/
const action = /^kms:(\*|[A-Za-z]{1,64}\*?)$/
const statementFields = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'])

/** The policy of a key for which none was set: everything is allowed within the vault, which is the account. */
export function defaultKeyPolicy(vaultId: string): string {
  const statement = {
    Sid: 'kms default key policy',
    Effect: 'Allow',
    Principal: { RAM: [`acs:ram::${vaultId}:*`] },
    Action: ['kms:*'],
    Resource: ['*'],
  }
  return JSON.stringify({ Version: '1', Statement: [statement] })
}

/**
 * Null when `text` is a key policy (kms-api 1.8), otherwise a fixed phrase saying what is wrong: JSON of at most 32,768
 * bytes, {Version: "1", Statement: [{Sid?, Effect, Principal: {RAM: [...]}, Action: [kms:...], Resource: *, Condition?}]}.
 */
export function keyPolicyProblem(text: string): string | null {
  if (new TextEncoder().encode(text).length > limits.policyBytes) return `must have at most ${limits.policyBytes} bytes`
  const policy = parse(text)
  if (!isObject(policy)) return 'must be a JSON object'
  if (!hasOnly(policy, new Set(['Version', 'Statement']))) return 'must have the fields Version and Statement only'
  if (policy['Version'] !== '1') return 'must have the Version "1"'
  const statements = policy['Statement']
  if (!Array.isArray(statements) || statements.length === 0) return 'must have a list of statements'
  for (const statement of statements) {
    const problem = statementProblem(statement)
    if (problem !== null) return problem
  }
  return null
}

function statementProblem(statement: unknown): string | null {
  if (!isObject(statement)) return 'must have statements that are JSON objects'
  if (!hasOnly(statement, statementFields)) return 'must have statements of Sid, Effect, Principal, Action, Resource and Condition only'
  const { Sid, Effect, Principal, Action, Resource, Condition } = statement
  if (Sid !== undefined && (typeof Sid !== 'string' || Sid.length > sidChars)) return `must have Sids of at most ${sidChars} characters`
  if (Effect !== 'Allow' && Effect !== 'Deny') return 'must have the Effect Allow or Deny in each statement'
  if (!isObject(Principal) || !hasOnly(Principal, new Set(['RAM'])) || !isListOf(Principal['RAM'], principal)) {
    return 'must name Principals as {"RAM": ["acs:ram::..."]}'
  }
  if (!isListOf(Action, action)) return 'must have Actions such as kms:* or kms:Decrypt'
  if (!isListOf(Resource, /^\*$/)) return 'must have the Resource *'
  return Condition === undefined || isCondition(Condition) ? null : 'must have Conditions of the form {operator: {name: values}}'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasOnly(value: Record<string, unknown>, names: ReadonlySet<string>): boolean {
  return Object.keys(value).every((name) => names.has(name))
}

/** One text or a list of at least one. */
function isListOf(value: unknown, pattern: RegExp): boolean {
  const items: unknown[] = Array.isArray(value) ? value : [value]
  return items.length > 0 && items.every((item) => typeof item === 'string' && pattern.test(item))
}

function isCondition(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((test) => isObject(test) && Object.values(test).every((wanted) => isListOf(wanted, /^/)))
}
