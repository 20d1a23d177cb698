/** What runs where, asked again every two seconds: no event says that traffic has moved. */
import type { EnvironmentsSnapshot } from '../wire.ts';

const everyMs = 2000;

/** Until `see` answers that it has seen enough. What cannot be read now may be the next time. */
export function pollEnvironments(
  see: (snapshot: EnvironmentsSnapshot | undefined) => 'go on' | 'enough',
): void {
  const look = async () => {
    const answer = await fetch('/console/api/environments').catch(() => undefined);
    const seen = answer?.ok ? ((await answer.json()) as EnvironmentsSnapshot) : undefined;
    if (see(seen) === 'go on') setTimeout(look, everyMs);
  };
  void look();
}
