import { useI18n } from 'vue-i18n'

/** The sentence for a fixed word of main about a row; the word itself where there is none. */
export function useProblemText() {
  const { t, te } = useI18n()
  return (problem: string): string => {
    const key = `secretExchange.problem.${problem}`
    return te(key) ? t(key) : problem
  }
}
