import { audit } from './audit'
import { certificates } from './certificates'
import { common } from './common'
import { createKey } from './create-key'
import { errors, errorsDetailed } from './errors'
import { files } from './files'
import { imports } from './import'
import { inspector } from './inspector'
import { keyPage } from './key-page'
import { keys } from './keys'
import { settings } from './settings'
import { shell } from './shell'
import { unlock } from './unlock'
import { workbench } from './workbench'

/** All English texts; the other languages have exactly these. */
export const en = { audit, certificates, common, createKey, errors, errorsDetailed, files, imports, inspector, keyPage, keys, settings, shell, unlock, workbench }

export type Messages = typeof en
