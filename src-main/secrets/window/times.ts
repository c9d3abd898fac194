import { invalidParameter } from '../../../src-shared/errors'

const isoTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/

/** Milliseconds since the epoch of an ISO 8601 date (UTC) or time with its zone; null stays null. INVALID_PARAMETER (`field`) for anything else. */
export function timeOrNull(field: string, text: string | null): number | null {
  if (text === null) return null
  const time = isoTime.test(text) ? Date.parse(text) : Number.NaN
  if (!(time >= 0)) throw invalidParameter(field, 'must be an ISO 8601 date, or a time with its zone')
  return time
}
