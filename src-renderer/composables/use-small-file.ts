import { kms } from '../bridge'
import { useCall } from './use-call'

/** A small file that the user has chosen, read by main: a signature, a certificate, a wrapped key. */
export interface SmallFile {
  fileName: string
  content: Uint8Array
}

/** Asks for a small file; resolves with null when the user gives up. The error is in `error`. */
export function useSmallFile() {
  const choosing = useCall(async (): Promise<SmallFile | null> => {
    const { paths } = await kms.chooseFiles({ what: 'files' })
    const file = paths.find((path) => !path.isFolder)
    return file ? await kms.readChosenFile({ file: file.handle }) : null
  })
  return { choose: choosing.run, pending: choosing.pending, error: choosing.error }
}
