import type { Bridge } from '../../src-shared/contract/bridge'

declare global {
  interface Window {
    /** Exposed by the preload; only bridge/ reads it. */
    readonly keystead: Bridge
  }
}
