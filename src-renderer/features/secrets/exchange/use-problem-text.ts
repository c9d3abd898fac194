import { useI18n } from 'vue-i18n'
import type { ExportProblem, ImportProblem } from '../../../../src-shared/model/import-problems'

/** Names of the texts below `secretExchange.problem` for the fixed phrases of main. */
const names = {
  'has no value': 'noValue',
  'value is too large': 'tooLarge',
  'is in the recycle bin of the file': 'inBinOfFile',
  'the name was changed to fit': 'renamed',
  'has too many fields to list; kept as one value': 'tooManyFields',
  'a name of a field was changed': 'fieldRenamed',
  'a cell begins like a formula; kept as text': 'formula',
  'a one-time code could not be read; kept as text': 'code',
  'refers to another entry; kept as text': 'reference',
  'older versions were left out': 'olderVersions',
  'files of older versions were left out': 'olderFiles',
  'an attachment is too large and was left out': 'largeAttachment',
  'has too many attachments; some were left out': 'manyAttachments',
  'an attachment is missing in the file': 'missingAttachment',
  'an attachment was renamed': 'attachmentRenamed',
  'a tag was changed to fit or left out': 'tag',
  'the description was shortened': 'description',
  'the expiry date could not be read': 'expiry',
  'a passkey was left out': 'passkey',
  'a line could not be read': 'line',
  'is in the recycle bin': 'inBin',
  'its master key cannot be used now': 'masterKey',
  'is binary': 'binary',
  'a field has no name that a variable may have': 'variableName',
  'a variable of this name is there already': 'variableTaken',
  'attachments are not part of this format': 'noAttachments',
  'older versions are not part of this format': 'noOlderVersions',
  'attachments do not fit into the file': 'attachmentsTooLarge',
} as const satisfies Record<ImportProblem | ExportProblem, string>

function isKnown(problem: string): problem is keyof typeof names {
  return Object.hasOwn(names, problem)
}

/** The sentence for a fixed phrase of main about an entry or a secret; the phrase itself where there is none. */
export function useProblemText() {
  const { t } = useI18n()
  return (problem: string): string => (isKnown(problem) ? t(`secretExchange.problem.${names[problem]}`) : problem)
}
