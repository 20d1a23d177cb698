/** For how long CloudWatch keeps figures: the finer, the shorter. */

const days = 86_400_000;

/** In ms, of a period in seconds. */
export function keptMs(period: number): number {
  if (period < 60) return days / 8;
  if (period < 300) return 15 * days;
  return period < 3600 ? 63 * days : 455 * days;
}

export const retention = 'CloudWatch keeps minutes for 15 days, 5 minutes for 63, hours for 455';
