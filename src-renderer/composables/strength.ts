import type { en } from '../i18n/en'

type StrengthTexts = (typeof en)['unlock']['strength']
export type StrengthWarning = keyof StrengthTexts['warning']
export type StrengthSuggestion = keyof StrengthTexts['suggestion']

/** 0 very weak to 4 strong, and the name of one text that says why or what helps. */
export interface Strength {
  score: 0 | 1 | 2 | 3 | 4
  hint: `warning.${StrengthWarning}` | `suggestion.${StrengthSuggestion}` | null
}

/** What the estimator says, with the names of texts in place of texts. */
export interface Estimate {
  score: number
  feedback: { warning: string | null; suggestions: readonly string[] }
}

/** Below this a passphrase of a vault or a backup is refused. */
export const weakestScore = 2

function clamp(score: number): Strength['score'] {
  return Math.max(0, Math.min(4, Math.round(score))) as Strength['score']
}

/** The estimate in our words; strong passphrases need no hint. */
export function toStrength({ score, feedback }: Estimate): Strength {
  if (score >= 3) return { score: clamp(score), hint: null }
  if (feedback.warning) return { score: clamp(score), hint: `warning.${feedback.warning as StrengthWarning}` }
  const [suggestion] = feedback.suggestions
  return { score: clamp(score), hint: suggestion ? `suggestion.${suggestion as StrengthSuggestion}` : null }
}
