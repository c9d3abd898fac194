import { basename } from 'node:path'
import type { tokenCeremonySchemas } from '../../../src-shared/contract/token-ceremony'
import { writeChosenFile } from '../../platform/atomic-file'
import type { Clock } from '../../platform/ports'
import type { KeyCeremonies } from '../../tokens/ceremony/key-ceremonies'
import { protocolPage, protocolText, sharePage } from '../ceremony-papers'
import { languageOf, type DesktopPort } from '../desktop-port'
import type { HandlersOf } from '../handlers'
import type { SettingsStore } from '../settings-store'
import { guarded, type TokenHandlerOptions } from './tokens'

export interface CeremonyHandlerOptions extends Pick<TokenHandlerOptions, 'vault' | 'audit' | 'tokens'> {
  ceremonies: KeyCeremonies
  desktop: DesktopPort
  settings: SettingsStore
  clock: Clock
}

/** Key ceremonies, step by step, and what is printed of them. */
export function tokenCeremonyHandlers(options: CeremonyHandlerOptions): HandlersOf<typeof tokenCeremonySchemas> {
  const { ceremonies, desktop, settings, clock } = options
  const language = () => languageOf(settings.current, desktop)
  return guarded(options, {
    startKeyCeremony: async (request) => ({ ceremony: (await ceremonies.start(request)).state }),
    showCeremonyShare: async ({ ceremonyId, number }) => ({ shareWords: ceremonies.at(ceremonyId).words(number).words }),
    async printCeremonyShare({ ceremonyId, number }) {
      const ceremony = ceremonies.at(ceremonyId)
      const { custodian, words } = ceremony.words(number)
      const page = sharePage(language(), ceremony.protocol, { ...custodian, words, date: new Date(clock.nowMs()).toISOString() })
      const printed = await desktop.printPage(page).finally(() => page.fill(0))
      if (printed) ceremony.notePrinted(custodian)
      return { printed }
    },
    async confirmCeremonyShare({ ceremonyId, number, words }) {
      const ceremony = ceremonies.at(ceremonyId)
      ceremony.confirm(number, words)
      return { ceremony: ceremony.state }
    },
    async addCeremonyShare({ ceremonyId, participant, words }) {
      const ceremony = ceremonies.at(ceremonyId)
      await ceremony.add(participant, words)
      return { ceremony: ceremony.state }
    },
    async finishKeyCeremony({ ceremonyId, userPin = null }) {
      const ceremony = ceremonies.at(ceremonyId)
      await ceremony.finish(userPin)
      return { ceremony: ceremony.state }
    },
    getCeremonyProtocol: async ({ ceremonyId }) => ({ protocol: ceremonies.at(ceremonyId).protocol }),
    printCeremonyProtocol: async ({ ceremonyId }) => ({ printed: await desktop.printPage(protocolPage(language(), ceremonies.at(ceremonyId).protocol)) }),
    async saveCeremonyProtocol({ ceremonyId }) {
      const { protocol } = ceremonies.at(ceremonyId)
      const path = await desktop.chooseSaveTarget('ceremony-protocol', `key-ceremony-${protocol.setId ?? 'protocol'}.txt`)
      if (path === null) return { fileName: null }
      await writeChosenFile(path, protocolText(language(), protocol), 'The protocol could not be saved there. Choose another folder.')
      return { fileName: basename(path) }
    },
    async cancelKeyCeremony({ ceremonyId }) {
      ceremonies.cancel(ceremonyId)
      return {}
    },
  })
}
