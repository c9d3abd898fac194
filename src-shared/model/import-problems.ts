/** Why an entry of a file cannot become a secret at all. */
export const importRefusals = ['has no value', 'value is too large', 'is in the recycle bin of the file'] as const
export type ImportRefusal = (typeof importRefusals)[number]

/** What changes or stays behind when an entry becomes a secret. */
export const importLosses = [
  'the name was changed to fit',
  'has too many fields to list; kept as one value',
  'a name of a field was changed',
  'a cell begins like a formula; kept as text',
  'a one-time code could not be read; kept as text',
  'refers to another entry; kept as text',
  'older versions were left out',
  'files of older versions were left out',
  'an attachment is too large and was left out',
  'has too many attachments; some were left out',
  'an attachment is missing in the file',
  'an attachment was renamed',
  'a tag was changed to fit or left out',
  'the description was shortened',
  'the expiry date could not be read',
  'a passkey was left out',
  'a line could not be read',
] as const
export type ImportLoss = (typeof importLosses)[number]

export type ImportProblem = ImportRefusal | ImportLoss

/** Why a secret, or a part of it, is not in an exported file. */
export const exportProblems = [
  'is in the recycle bin',
  'its master key cannot be used now',
  'is binary',
  'a field has no name that a variable may have',
  'a variable of this name is there already',
  'attachments are not part of this format',
  'older versions are not part of this format',
  'attachments do not fit into the file',
] as const
export type ExportProblem = (typeof exportProblems)[number]
