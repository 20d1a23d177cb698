/** Moments as people read them. */
import { spoken } from '../core/duration.ts';

const dayMs = 86_400_000;

/** `5 min ago`, or, longer ago than a day, the date and time in UTC. */
export function moment(at: number, now: number): string {
  if (now - at < dayMs) return `${spoken(Math.max(0, now - at) / 1000)} ago`;
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
