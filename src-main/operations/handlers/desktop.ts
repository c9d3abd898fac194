import { basename, isAbsolute } from 'node:path'
import type { desktopSchemas } from '../../../src-shared/contract/desktop'
import { invalidParameter } from '../../../src-shared/errors'
import type { Clock } from '../../platform/ports'
import type { PathHandles } from '../../platform/path-handles'
import { describeChosen } from '../chosen-paths'
import type { DesktopPort } from '../desktop-port'
import type { HandlersOf } from '../handlers'

/** Paths that the user chooses or drops, handed out as handles. */
export function desktopHandlers(desktop: DesktopPort, handles: PathHandles, clock: Clock): HandlersOf<typeof desktopSchemas> {
  const one = async (path: string | null, use: 'folder' | 'backup') => {
    const [chosen] = path === null ? [] : await describeChosen(handles, [path], use)
    return chosen ?? null
  }
  return {
    chooseFiles: async ({ what }) => ({ paths: await describeChosen(handles, await desktop.chooseSources(what), 'source') }),
    chooseFolder: async () => ({ folder: await one(await desktop.chooseFolder(), 'folder') }),
    async registerDroppedPaths({ paths }) {
      if (!paths.every((path) => isAbsolute(path) && !path.includes('\0'))) throw invalidParameter('paths', 'must be absolute paths')
      return { paths: await describeChosen(handles, paths, 'source') }
    },
    chooseBackupFile: async () => ({ file: await one(await desktop.chooseBackupFile(), 'backup') }),
    async chooseBackupTarget() {
      const day = new Date(clock.nowMs()).toISOString().slice(0, 10)
      const path = await desktop.chooseSaveTarget('backup', `keystead-${day}.backup`)
      return { target: path === null ? null : { handle: handles.issue(path, 'target'), name: basename(path) } }
    },
  }
}
