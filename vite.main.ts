import type { Plugin } from 'vite'

const absent = '\0absent-addon'
const addons = /^(?:cpu-features|pg-native)$|[/\\]sshcrypto\.node$/

/**
 * Makes libraries fit into one file: native addons that they try to load and do without are not there, and the SSH library
 * has no folder (in which it looks for the helper program of an agent on Windows, and for nothing else that is used).
 */
export function withoutOptionalAddons(): Plugin {
  return {
    name: 'without-optional-addons',
    enforce: 'pre',
    resolveId: (source) => (addons.test(source) ? absent : null),
    load: (id) => (id === absent ? 'module.exports = undefined\nthrow new Error("left out of the bundle")' : null),
    transform: (code, id) => (/[/\\]ssh2[/\\]lib[/\\]/.test(id) ? { code: code.replaceAll('__dirname', "''"), map: null } : null),
  }
}
