/** A moment in words, for who reads it where nothing knows the clock on their wall. */

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'].concat(
  [...['October', 'November', 'December']],
);

/** `27 November 2026, 16:05 UTC`. `milliseconds` since the epoch. */
export function spelledTime(milliseconds: number): string {
  const at = new Date(milliseconds);
  const time = at.toISOString().slice(11, 16);
  return `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}, ${time} UTC`;
}
