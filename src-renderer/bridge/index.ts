export { kms, onEvent, registerDroppedFiles, type Kms } from './kms'
export { withSecrets } from './secret-bytes'
