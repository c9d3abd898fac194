import type { z } from 'zod'
import type { OperationName } from './catalog'
import { desktopSchemas } from './desktop'
import { fileSchemas } from './files'
import { keySchemas } from './keys'
import { settingsSchemas } from './settings'
import { vaultSchemas } from './vault'

interface OperationSchemas {
  request: z.ZodType
  response: z.ZodType
}

/** Request and response schema of every operation. An operation of the catalog without schemas does not compile. */
export const operations = {
  ...keySchemas,
  ...vaultSchemas,
  ...fileSchemas,
  ...settingsSchemas,
  ...desktopSchemas,
} satisfies Record<OperationName, OperationSchemas>

type Operations = typeof operations

/** What a caller sends: fields with defaults may be absent. */
export type RequestInput<N extends OperationName> = z.input<Operations[N]['request']>
/** What a handler receives: parsed, defaults filled in. */
export type Request<N extends OperationName> = z.output<Operations[N]['request']>
export type Response<N extends OperationName> = z.output<Operations[N]['response']>
