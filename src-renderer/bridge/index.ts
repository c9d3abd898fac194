export { jsonBytes, type JsonPart } from './json-text'
export { kms, onEvent, registerDroppedFiles, type Kms } from './kms'
export { withSecrets } from './secret-bytes'
export { withJoinedFields, withPackedFields, withText } from './secret-fields'
