import type { OperationName } from '../../../src-shared/contract/catalog'
import { guideAreas } from '../../../src-shared/contract/guide'
import { referenceOf, type OperationReference } from './operation-reference'

/** The page of all operations as Markdown (docs/operations.md). */
export function referencePage(): string {
  const areas = Object.entries(guideAreas).map(([title, entries]) => {
    const operations = (Object.keys(entries) as OperationName[]).flatMap((operation) => referenceOf(operation) ?? [])
    return [`## ${title}`, '', ...operations.map(operationText)].join('\n')
  })
  return `${introduction}\n${areas.join('\n')}`
}

const introduction = `# Operations

Every operation of the command line, made from the contract by \`npm run docs\`; a test fails when this page is not what the
contract says. \`npx keystead operations NAME\` prints the same. Parameters and answers have the names of the KMS API
2016-01-20; operations marked *Keystead* are not part of it. Binary values are Base64. A \`KeyId\` is a key id, an ARN or an
alias, everywhere. \`<words>\` in an example stand for a value of an earlier answer or for a file of yours. Every answer has a
\`RequestId\` beside the fields that are listed.
`

function operationText(reference: OperationReference): string {
  const { name, summary, isOfKms, parameters, answer } = reference
  const rows = parameters.map(
    ({ name: parameter, type, isNeeded, byDefault }) => `| ${parameter} | ${type.replaceAll('|', '\\|')} | ${isNeeded ? 'yes' : byDefault === null ? '' : `\`${byDefault}\``} |`,
  )
  const table = rows.length === 0 ? [] : ['| parameter | type | needed, or default |', '| --- | --- | --- |', ...rows, '']
  return [
    `### ${name}${isOfKms ? '' : ' *(Keystead)*'}`,
    '',
    summary,
    '',
    ...table,
    `Answer: ${answer.length === 0 ? 'nothing but the RequestId' : answer.join(', ')}.`,
    '',
    '```',
    commandOf(reference),
    '```',
    '',
  ].join('\n')
}

const secretParameter = /passphrase|^pin$|^words$|^secretdata$|^password$|^values?$/i

/** The example for a POSIX shell. What carries a secret comes from a file, so that it shows in no process list. */
function commandOf({ name, example }: Pick<OperationReference, 'name' | 'example'>): string {
  const json = JSON.stringify(example)
  if (Object.keys(example).some((parameter) => secretParameter.test(parameter))) return `keystead call ${name} - < request.json    # ${json}`
  return Object.keys(example).length === 0 ? `keystead call ${name}` : `keystead call ${name} '${json.replaceAll("'", String.raw`'\''`)}'`
}

/** One operation as text for a terminal. */
export function operationHelp(reference: OperationReference): string {
  const { name, summary, parameters, answer } = reference
  const width = Math.max(0, ...parameters.map(({ name: parameter }) => parameter.length))
  const lines = parameters.map(({ name: parameter, type, isNeeded, byDefault }) => {
    const note = isNeeded ? ' (needed)' : byDefault === null ? '' : ` (default ${byDefault})`
    return `  ${parameter.padEnd(width)}  ${type}${note}`
  })
  return [name, '', `  ${summary}`, '', ...lines, '', `  answers: ${answer.join(', ') || 'RequestId'}`, '', `  ${commandOf(reference)}`, ''].join('\n')
}
