/** A time after which a request to somebody else than AWS is given up. */

/** The signal aborts what `ask` does with it. `AbortSignal.timeout` would keep all of it in memory until the time is over. */
export async function within<Result>(
  milliseconds: number,
  ask: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = new AbortController();
  const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  const timer = setTimeout(() => deadline.abort(reason), milliseconds);
  try {
    return await ask(deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}
