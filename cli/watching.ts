/** Looks again and again, until it is stopped from outside. */
import type { Terminal } from './terminal.ts';

const everySeconds = 3;

interface Means {
  screen: Terminal;
  wait: (milliseconds: number) => Promise<unknown>;
  /** One line for each change. */
  json: boolean;
}

/** On a terminal each look takes the place of the one before; elsewhere only what has changed is told. */
export async function watching<Seen>(
  look: () => Promise<Seen>,
  tell: (seen: Seen) => void,
  { screen, wait, json }: Means,
): Promise<never> {
  let before: string | undefined;
  for (;;) {
    const seen = await look();
    const text = JSON.stringify(seen);
    const redraws = screen.redraws && !json;
    if (redraws) screen.clear();
    if (redraws || text !== before) tell(seen);
    before = text;
    await wait(everySeconds * 1000);
  }
}
