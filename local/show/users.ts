/** What users see, in words: where a service's releases end. */
import type { Seen } from '../load-balancer/tally.ts';
import type { ShowWorld } from './show-world.ts';

type Figures = Pick<Seen, 'requests' | 'errors' | 'p99Ms'>;

/** In the last environment of the service. */
export function usersOf({ seen }: Pick<ShowWorld, 'seen'>, service: string, lastSeconds: number): Figures {
  const last = seen(lastSeconds).findLast((place) => place.service === service);
  return last?.seen ?? { requests: 0, errors: 0, p99Ms: undefined };
}

export function usersWords({ requests, errors, p99Ms }: Figures): string {
  const share = requests > 0 ? ((100 * errors) / requests).toFixed(2) : '0';
  return `${requests} requests, ${errors} errors (${share} %), p99 ${milliseconds(p99Ms)}`;
}

export const milliseconds = (value: number | undefined) =>
  `${value === undefined ? '–' : Math.round(value)} ms`;
