/** Round numbers for axes. */

const timeSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 172_800, 604_800,
];

/** Seconds at which an axis has a mark: at most `most`, but for the first and only one. */
export function ticks(from: number, until: number, most: number): number[] {
  const step = timeSteps.find((one) => (until - from) / one <= most) ?? 604_800;
  const marks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= until; at += step) marks.push(at);
  return marks;
}

/** The smallest number of one figure or so that is at least `value`. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8].find((factor) => factor * power >= value) ?? 10) * power;
}
