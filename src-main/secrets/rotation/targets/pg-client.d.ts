/** The client alone: the package's own entry also looks for a native one. */
declare module 'pg/lib/client.js' {
  export { Client as default } from 'pg'
}
