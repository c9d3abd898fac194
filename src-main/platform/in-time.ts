/** What `work` gives, or undefined when it has not ended after so many milliseconds: it goes on then, and its failure is the caller's no more. */
export async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, limitMs, undefined)
  })
  return Promise.race([work, over]).finally(() => clearTimeout(timer))
}
