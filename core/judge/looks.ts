/** When the judge looks, and how much of the chance of a false alarm each look may spend. */

/** The chance that a release which changed nothing is taken back, shared evenly by all metrics that can fail it (Bonferroni). */
export const alphaPerRelease = 0.01;
/** Of errors and latency of a load balancer, where nothing else is judged. */
export const alphaPerMetric = alphaPerRelease / 2;

/** Ten early looks at 5 % each and the main look at 50 %: together the whole, whatever depends on what (union bound). */
const earlyLooks = 10;
const earlyShare = 0.05;
const mainShare = 0.5;

export interface Turn {
  /** Looks whose turn has come, this one included; 0 before the first. */
  done: number;
  planned: number;
  /** What this look may see: the periods of the window up to its turn, however many have closed since. */
  periods: number;
  /** The metric's share of alpha, to be compared with p. */
  limit: number;
  /** The last look: the window is over. */
  main: boolean;
  /** The number of closed periods at which the next look makes sense. */
  next: number;
}

/**
 * After how many closed periods the judge looks: the first ones, then ever more apart, for a great change is seen early and a
 * small one needs the data. At most eleven, the last at the end of the window.
 */
export function schedule(planned: number): number[] {
  const looks: number[] = [];
  for (let index = 0; index <= earlyLooks && (looks.at(-1) ?? 0) < planned; index++) {
    looks.push(Math.max((looks.at(-1) ?? 0) + 1, Math.round(planned ** (index / earlyLooks))));
  }
  return looks;
}

/**
 * The look whose turn it is with so many closed periods. It depends on nothing else, so a repeated or late call spends
 * nothing twice.
 */
export function turn(closed: number, planned: number, alpha = alphaPerMetric): Turn {
  const looks = schedule(planned);
  const done = looks.filter((periods) => periods <= closed).length;
  const main = done === looks.length;
  return {
    done,
    planned: looks.length,
    periods: looks[done - 1] ?? 0,
    limit: alpha * (main ? mainShare : earlyShare),
    main,
    next: looks[done] ?? planned,
  };
}
