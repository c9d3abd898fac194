/** What a reader insists on beyond authentication (file format section 4). */
export interface ReaderRules {
  /** Context sorted by the bytes of the names (rule 2). */
  readonly needsSortedContext: boolean
  /** Frame IV equal to the sequence number (rule 7). */
  readonly needsSequentialIv: boolean
  /** Only framed bodies; single-block ones are a legacy of the format (rule 1). */
  readonly needsFrames: boolean
}

/** What Keystead reads. */
export const strictRules: ReaderRules = { needsSortedContext: true, needsSequentialIv: true, needsFrames: true }

/** What other writers of the format have produced over the years; for checks against published files, never a default. */
export const lenientRules: ReaderRules = { needsSortedContext: false, needsSequentialIv: false, needsFrames: false }
