/** Who calls an operation; goes into the audit log with its outcome. */
export interface Caller {
  face: 'ipc' | 'cli' | 'endpoint' | 'system'
  /** The window, the CLI's user name, the endpoint's access key id. Never a secret. */
  client: string
  /** Operation name in camelCase. */
  operation: string
}

/** Work that the application does on its own: catch-up, auto-lock. */
export function systemCaller(operation: string): Caller {
  return { face: 'system', client: 'keystead', operation }
}
