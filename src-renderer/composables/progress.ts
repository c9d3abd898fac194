/** A duration cut into the two parts that people read; seconds are rounded up so that work under way never shows 0 s. */
export type DurationParts = { unit: 'seconds'; s: number } | { unit: 'minutes'; m: number; s: number } | { unit: 'hours'; h: number; m: number }

/** Parts of `seconds` for the texts of `files.duration`. */
export function durationParts(seconds: number): DurationParts {
  const whole = Math.max(1, Math.ceil(seconds))
  if (whole < 60) return { unit: 'seconds', s: whole }
  if (whole < 3600) return { unit: 'minutes', m: Math.floor(whole / 60), s: whole % 60 }
  return { unit: 'hours', h: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) }
}

/** Share of the work done in whole percent, 0 to 100; never 100 before all of it is done. No bytes at all count as nothing done. */
export function percentDone(done: number, total: number): number {
  if (total <= 0) return 0
  if (done >= total) return 100
  return Math.max(0, Math.min(99, Math.floor((done / total) * 100)))
}
