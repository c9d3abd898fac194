import { audit } from './audit'
import { ceremony } from './ceremony'
import { certificates } from './certificates'
import { common } from './common'
import { createKey } from './create-key'
import { errors, errorsDetailed } from './errors'
import { files } from './files'
import { imports } from './import'
import { inspector } from './inspector'
import { keyPage } from './key-page'
import { keys } from './keys'
import { secretPage } from './secret-page'
import { secrets } from './secrets'
import { secretEdit } from './secret-edit'
import { secretExchange } from './secret-exchange'
import { secretRotation } from './secret-rotation'
import { secretTools } from './secret-tools'
import { settings } from './settings'
import { shell } from './shell'
import { tokenKey } from './token-key'
import { tokens } from './tokens'
import { tokenPage } from './token-page'
import { unlock } from './unlock'
import { workbench } from './workbench'

/** All English texts; the other languages have exactly these. */
export const en = { audit, ceremony, certificates, common, createKey, errors, errorsDetailed, files, imports, inspector, keyPage, keys, secretPage, secrets, secretEdit, secretExchange, secretRotation, secretTools, settings, shell, tokenKey, tokens, tokenPage, unlock, workbench }

export type Messages = typeof en
