import { catalog, flagsOf, type Face, type OperationName } from '../../../src-shared/contract/catalog'
import { KmsError } from '../../../src-shared/errors'

/** PascalCase name of a field or operation, as the KMS API writes it. */
export function kmsName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

const operationsByKmsName = new Map<string, OperationName>(
  (Object.keys(catalog) as OperationName[]).map((operation) => [kmsName(operation), operation]),
)

/** The operation behind a KMS action name. UNKNOWN_OPERATION when there is none on this face. */
export function operationOf(action: string, face: Face): OperationName {
  const operation = operationsByKmsName.get(action)
  if (!operation || !flagsOf(operation).faces.includes(face)) {
    throw new KmsError('UNKNOWN_OPERATION', 'There is no operation of this name.')
  }
  return operation
}

/** KMS names of all operations that a face offers, sorted. */
export function kmsOperationNames(face: Face): string[] {
  return [...operationsByKmsName].filter(([, operation]) => flagsOf(operation).faces.includes(face)).map(([name]) => name).sort()
}
