import type { ImportProblem } from '../../../src-shared/model/import-problems'
import { secretLimits } from '../../../src-shared/model/secrets'
import type { ImportedAttachment } from './imported'

/** A file that was found and not read yet. */
export interface FoundFile {
  readonly sizeBytes: number
  read(): Uint8Array
}

/** The files of an entry while they are found: as many and as large as those of a secret. What is left out is never read. */
export class AttachmentList {
  readonly problems = new Set<ImportProblem>()
  readonly #files: ImportedAttachment[] = []

  /** Adds a file; null: it should be there and is not. */
  add(name: string, file: FoundFile | null): void {
    if (!file) this.problems.add('an attachment is missing in the file')
    else if (file.sizeBytes > secretLimits.attachmentBytes) this.problems.add('an attachment is too large and was left out')
    else if (this.#files.length >= secretLimits.attachments) this.problems.add('has too many attachments; some were left out')
    else this.#files.push({ name, bytes: file.read() })
  }

  get all(): readonly ImportedAttachment[] {
    return this.#files
  }
}
