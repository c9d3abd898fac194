/** Where a server listens. */
export interface ServerPlace {
  /** A loopback address, or `localhost`. */
  readonly host: string
  readonly port: number
  /** Absolute path of a socket (PostgreSQL: of its folder), in place of host and port. */
  readonly socketPath: string | null
}

/** A server that accounts log in to. */
export interface ServerConfig extends ServerPlace {
  /** The secret with the administrator's login; null: each account changes its own password. */
  readonly adminSecretId: string | null
}

/** A target as it is stored. There is no secret in it. */
export type TargetConfig =
  | (ServerConfig & { readonly kind: 'postgresql'; readonly database: string })
  | (ServerConfig & { readonly kind: 'mysql'; readonly accountHost: string })
  | (ServerConfig & { readonly kind: 'redis' })
  | { readonly kind: 'ssh'; readonly host: string; readonly port: number; readonly user: string; readonly hostKeyFingerprint: string | null }
  | { readonly kind: 'command'; readonly program: string; readonly args: readonly string[]; readonly timeoutSeconds: number }

/** Those that are talked to over a connection. */
export type ConnectedConfig = Exclude<TargetConfig, { kind: 'command' }>

/** The usual port of each server. */
export const usualPorts = { postgresql: 5432, mysql: 3306, redis: 6379, ssh: 22 } as const

/** Milliseconds to wait for a connection, and for each answer. */
export const answerMs = 10_000

const loopback = /^127(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/

/** Whether a host is this machine by its very address; no name is looked up. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || loopback.test(host)
}

/** The address to connect to: `localhost` is 127.0.0.1 here, whatever the system's tables say. */
export function addressOf(host: string): string {
  if (!isLoopback(host)) throw new Error('a target is on this machine')
  return host === 'localhost' ? '127.0.0.1' : host
}

/** host:port or the socket, for people. */
export function placeText({ host, port, socketPath }: ServerPlace): string {
  if (socketPath !== null) return socketPath
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
