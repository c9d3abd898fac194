import { audit } from './audit'
import { common } from './common'
import { errors, errorsDetailed } from './errors'
import { files } from './files'
import { keys } from './keys'
import { settings } from './settings'
import { shell } from './shell'
import { unlock } from './unlock'

/** All English texts; the other languages have exactly these. */
export const en = { audit, common, errors, errorsDetailed, files, keys, settings, shell, unlock }

export type Messages = typeof en
