/** How the judge writes numbers, so that every sentence and every screen agrees. */

/** `0.00 %`, `< 0.001 %`, `0.004 %`, `0.05 %`, `5.1 %`, of a share between 0 and 1. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.001) return '< 0.001 %';
  if (value > 0 && value < 0.01) return `${value.toFixed(3)} %`;
  return `${value.toFixed(value < 1 ? 2 : 1)} %`;
}

/** As `percent`, of a chance: no chance is zero, a double only cannot show it. */
export function chance(p: number): string {
  return percent(Math.max(p, Number.MIN_VALUE));
}

/** `1 800`. */
export function count(whole: number): string {
  return String(Math.round(whole)).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** `7.4 ms`, `400 ms`, `2.35 s`. */
export function milliseconds(value: number): string {
  if (value < 9.95) return `${value.toFixed(1)} ms`;
  return value < 999.5 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`;
}

/** `5.1 % (31 of 610)`. */
export function rate({ errors, requests }: { errors: number; requests: number }): string {
  return `${percent(requests ? errors / requests : 0)} (${count(errors)} of ${count(requests)})`;
}

/** `41.2 %`, `1 800`, `0.05`: a level in its own unit. */
export function quantity(value: number, unit: string): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 1 ? 1 : 2;
  const text = size >= 1000 ? count(value) : Number(value.toFixed(digits)).toString();
  return unit ? `${text} ${unit}` : text;
}
