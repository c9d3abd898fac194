/** Parts of node-forge by themselves: the whole of it is large, and is evaluated at every start. */
declare module 'node-forge/lib/rc2.js' {
  import type { rc2 } from 'node-forge'
  const part: typeof rc2
  export = part
}

declare module 'node-forge/lib/util.js' {
  import type { util } from 'node-forge'
  const part: typeof util
  export = part
}
