/** Lets everything that waits have its turn: what derives keys for seconds on this thread must not stop the window and the endpoint. */
export function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
