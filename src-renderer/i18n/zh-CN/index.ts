import type { Messages } from '../en'
import { audit } from './audit'
import { common } from './common'
import { errors, errorsDetailed } from './errors'
import { files } from './files'
import { keys } from './keys'
import { settings } from './settings'
import { shell } from './shell'
import { unlock } from './unlock'

/** All Simplified Chinese texts. */
export const zhCN: Messages = { audit, common, errors, errorsDetailed, files, keys, settings, shell, unlock }
