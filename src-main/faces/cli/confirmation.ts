import { KmsError } from '../../../src-shared/errors'
import { UsageError } from './argument-values'
import { withoutControls } from './table'
import { askLine, hasTerminal } from './terminal'

export interface Confirmation {
  warning: string
  /** Why it goes no further without a terminal. */
  withoutTerminal: string
  /** Whose name is typed. */
  what?: string
}

/** Has a name typed before what belongs to it is destroyed. CANCELLED for another one; UsageError without a terminal. */
export async function confirmByName(name: string, { warning, withoutTerminal, what = 'its name' }: Confirmation): Promise<void> {
  // Enter alone must not be an answer.
  if (name === '' || !(await hasTerminal())) throw new UsageError(withoutTerminal)
  const typed = await askLine(`${withoutControls(warning)} Type ${what} to go on: `)
  if (typed !== name) throw new KmsError('CANCELLED', 'What was typed is not the name. Nothing was done.')
}
