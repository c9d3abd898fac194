const sliceMs = 4
const pauseMs = 4

/** Carries `work` out in slices of some milliseconds between other events; keeps no process alive. Gives back how to stop it. */
export function inSlices(work: Iterator<void>): () => void {
  let isStopped = false
  const slice = () => {
    if (isStopped) return
    const until = performance.now() + sliceMs
    do {
      if (work.next().done) return
    } while (performance.now() < until)
    wait()
  }
  const wait = () => setTimeout(slice, pauseMs).unref()
  wait()
  return () => {
    isStopped = true
  }
}
