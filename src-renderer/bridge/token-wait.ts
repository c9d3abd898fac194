import { isSameToken, missedToken, type MissedToken, type TokenWaitKind } from '../../src-shared/token-waits'

/** Something that a user has started and that waits for a token. */
export interface TokenWait {
  missed: MissedToken
  kind: TokenWaitKind
  /** It was tried with the token there and logged in to, and missed the same token again. */
  isAgain: boolean
}

type Ask = (wait: TokenWait) => Promise<boolean>

let ask: Ask | null = null

/** `asker` asks users for tokens from now on, and says whether the token is there now; answers the function that ends it. */
export function answerTokenWaits(asker: Ask): () => void {
  ask = asker
  return () => {
    if (ask === asker) ask = null
  }
}

/** True as soon as the token is there and somebody has logged in to it; false when the user does not want to wait. */
export async function waitForToken(kind: TokenWaitKind, missed: MissedToken, isAgain = false): Promise<boolean> {
  return ask === null ? false : ask({ kind, missed, isAgain })
}

/** Carries out `act`, and once more each time that a token it was refused for is there. Without the token the refusal is the answer. */
export async function withToken<T>(kind: TokenWaitKind, act: () => Promise<T>): Promise<T> {
  let before: MissedToken | null = null
  for (;;) {
    try {
      return await act()
    } catch (problem) {
      const missed = missedToken(problem)
      if (!missed || !(await waitForToken(kind, missed, isSameToken(before, missed)))) throw problem
      before = missed
    }
  }
}
