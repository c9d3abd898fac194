export { kms, onEvent, registerDroppedFiles, type Kms } from './kms'
export { withSecretBytes } from './secret-bytes'
