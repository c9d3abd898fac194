/** What people are told of an operation: a line, and a call that works in the order of the guide. */
export interface GuideEntry {
  summary: string
  /**
   * Parameters by their KMS names, as the CLI takes them. `<name>` stands for what an earlier answer gave under `keep`,
   * or for a file of the reader's.
   */
  example: Readonly<Record<string, unknown>>
  /** Names for parts of the answer: path into it, with dots. */
  keep?: Readonly<Record<string, string>>
}
