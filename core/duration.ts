/** Durations as people write them in the configuration, and as they read them in a message. */
import * as z from 'zod';

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `90s`, `5m`, `1h` or `7d`, in seconds. */
export const durationSchema = z
  .string()
  .regex(/^[1-9]\d{0,6}[smhd]$/, { error: 'a duration such as 90s, 5m, 1h or 7d', abort: true })
  .transform((text) => Number(text.slice(0, -1)) * seconds[text.at(-1) as keyof typeof seconds]);

/** `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function spoken(totalSeconds: number): string {
  const whole = Math.round(totalSeconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600)
    return [`${Math.floor(whole / 60)} min`, whole % 60 ? `${whole % 60} s` : ''].join(' ').trim();
  return [`${Math.floor(whole / 3600)} h`, whole % 3600 >= 60 ? `${Math.floor((whole % 3600) / 60)} min` : '']
    .join(' ')
    .trim();
}
