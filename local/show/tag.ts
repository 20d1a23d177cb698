/** Tags that deploy, for whatever pattern a service has. */
import { deployable } from '../../core/push/deployable.ts';

/** `wanted` where it deploys by the pattern, else the pattern with `wanted` in it. */
export function tagFor(pattern: string, wanted: string): string {
  if (deployable(wanted, pattern).yes) return wanted;
  const [start = '', ...parts] = pattern.split('*');
  return parts.length === 0 ? start : start + wanted + parts.join('');
}

/** `v0105-0930-4f2a`: month, day, hour and minute in UTC, then what makes it unique. */
export function tagOf(now: Date, random: string): string {
  const [, month, day, hour, minute] = now.toISOString().split(/[-T:]/);
  return `v${month}${day}-${hour}${minute}-${random}`;
}
