const unitSeconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 }

export const secondsPerDay = 86_400

/** Seconds of a duration like `7d`, `168h` or `604800s` (kms-api 1.1); a bare number is seconds. Null for anything else. */
export function parseDuration(text: string): number | null {
  const [, digits, unit = 's'] = /^(\d{1,9})([dhms])?$/.exec(text) ?? []
  const factor = unitSeconds[unit]
  return digits === undefined || factor === undefined ? null : Number(digits) * factor
}

/** A duration as the KMS answers it: seconds with `s`. */
export function formatDuration(seconds: number): string {
  return `${seconds}s`
}
