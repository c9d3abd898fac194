import { limits } from './limits'

/** A tag of a resource (kms-api 1.8). */
export interface Tag {
  readonly key: string
  readonly value: string
}

const grammar = /^[A-Za-z0-9/\\_\-.+=:@]*$/

/** Null when `key` may name a tag, otherwise a fixed phrase saying what is wrong. */
export function tagKeyProblem(key: string): string | null {
  if (key.length === 0) return 'must have keys that are not empty'
  if (key.startsWith('aliyun') || key.startsWith('acs:')) return 'must not have keys that begin with aliyun or acs:'
  return textProblem(key, 'keys')
}

/** Null when `value` may be the value of a tag, otherwise a fixed phrase saying what is wrong. */
export function tagValueProblem(value: string): string | null {
  return textProblem(value, 'values')
}

/** Null when the tags fit the grammar and none is named twice, otherwise a fixed phrase saying what is wrong. */
export function tagsProblem(tags: readonly Tag[]): string | null {
  for (const { key, value } of tags) {
    const problem = tagKeyProblem(key) ?? tagValueProblem(value)
    if (problem !== null) return problem
  }
  return new Set(tags.map(({ key }) => key)).size === tags.length ? null : 'must not name a key twice'
}

function textProblem(text: string, what: string): string | null {
  if (text.length > limits.tagChars) return `must have ${what} of at most ${limits.tagChars} characters`
  return grammar.test(text) ? null : `must have ${what} of letters, digits and /\\_-.+=:@ only`
}
