/** Tells a listener what happened. What goes wrong in it is its own fault: it ends neither the execution nor the request. */
export function tell<Told>(listener: (told: Told) => void, told: Told, log = console.error) {
  try {
    listener(told);
  } catch (error) {
    log('a listener of an execution failed', error);
  }
}
