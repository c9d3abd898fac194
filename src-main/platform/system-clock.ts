import type { Clock } from './ports'

/** The clock of the operating system. */
export const systemClock: Clock = { nowMs: () => Date.now() }
