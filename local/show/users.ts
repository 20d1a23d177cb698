/** What users see, in words: of all environments of a service together. */
import type { Seen } from '../load-balancer/tally.ts';
import type { ShowWorld } from './show-world.ts';

type Figures = Pick<Seen, 'requests' | 'errors' | 'p99Ms'>;

/** The 99th percentile is that of the slowest environment. */
export function usersOf({ seen }: Pick<ShowWorld, 'seen'>, service: string, lastSeconds: number): Figures {
  const own = seen(lastSeconds).filter((place) => place.service === service);
  const slowest = Math.max(...own.flatMap((place) => place.seen.p99Ms ?? []));
  return {
    requests: own.reduce((sum, place) => sum + place.seen.requests, 0),
    errors: own.reduce((sum, place) => sum + place.seen.errors, 0),
    p99Ms: Number.isFinite(slowest) ? slowest : undefined,
  };
}

export function usersWords({ requests, errors, p99Ms }: Figures): string {
  const share = requests > 0 ? ((100 * errors) / requests).toFixed(2) : '0';
  return `${requests} requests, ${errors} errors (${share} %), p99 ${milliseconds(p99Ms)}`;
}

export const milliseconds = (value: number | undefined) =>
  `${value === undefined ? '–' : Math.round(value)} ms`;
