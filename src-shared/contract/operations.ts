import type { z } from 'zod'
import type { OperationName } from './catalog'
import { certificateSchemas } from './certificates'
import { cryptographySchemas } from './cryptography'
import { desktopSchemas } from './desktop'
import { fileSchemas } from './files'
import { inspectionSchemas } from './inspection'
import { keyImportSchemas } from './key-import'
import { keyWindowSchemas } from './key-window'
import { keySchemas } from './keys'
import { secretExchangeSchemas } from './secret-exchange'
import { secretRotationSchemas } from './secret-rotation'
import { secretWindowSchemas } from './secret-window'
import { secretSchemas } from './secrets'
import { serviceSchemas } from './service'
import { settingsSchemas } from './settings'
import { tagSchemas } from './tags'
import { tokenCeremonySchemas } from './token-ceremony'
import { tokenKeySchemas } from './token-keys'
import { tokenSchemas } from './tokens'
import { vaultSchemas } from './vault'
import { whereUsedSchemas } from './where-used'

interface OperationSchemas {
  request: z.ZodType
  response: z.ZodType
}

/** Request and response schema of every operation. An operation of the catalog without schemas does not compile. */
export const operations = {
  ...keySchemas,
  ...keyWindowSchemas,
  ...tagSchemas,
  ...cryptographySchemas,
  ...keyImportSchemas,
  ...certificateSchemas,
  ...secretSchemas,
  ...secretWindowSchemas,
  ...secretRotationSchemas,
  ...secretExchangeSchemas,
  ...whereUsedSchemas,
  ...inspectionSchemas,
  ...serviceSchemas,
  ...vaultSchemas,
  ...fileSchemas,
  ...settingsSchemas,
  ...desktopSchemas,
  ...tokenSchemas,
  ...tokenCeremonySchemas,
  ...tokenKeySchemas,
} satisfies Record<OperationName, OperationSchemas>

type Operations = typeof operations

/** What a caller sends: fields with defaults may be absent. */
export type RequestInput<N extends OperationName> = z.input<Operations[N]['request']>
/** What a handler receives: parsed, defaults filled in. */
export type Request<N extends OperationName> = z.output<Operations[N]['request']>
export type Response<N extends OperationName> = z.output<Operations[N]['response']>
