/** When the judge looks, and how much of the chance of a false alarm each look may spend. */

/** The chance that a release which changed nothing is taken back, shared by all metrics that can fail it (Bonferroni). */
export const alphaPerRelease = 0.0075;
/** Errors of users' requests get two shares: a few of them are harder to tell from chance than what else is judged, and matter most. */
export const sharesOfErrors = 2;

/** At most ten early looks at 5 % each, and the main look with what they leave: together the whole, whatever depends on what (union bound). */
const earlyLooks = 10;
const earlyShare = 0.05;

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

/** Looks of an extended window: its end has half, further ones share this, and the early ones are left this together. */
const mainShare = 0.5;
const extensionShare = 0.3;
const earlyShareBeside = 0.2;
const extensionLooks = 3;

/** After how many closed periods the judge looks once more where the window was not enough: at most three times, evenly. */
export function extendedSchedule(planned: number, extra: number): number[] {
  const looks = Math.min(extensionLooks, extra);
  return Array.from({ length: looks }, (_, index) => planned + Math.round(((index + 1) * extra) / looks));
}

/**
 * As `turn`, where the window may go on for `extra` periods: 20 % of alpha for all early looks, 50 % for the end of the window and
 * 30 % for what comes after it. `last`: the policy has the word now.
 */
export function extendedTurn(
  closed: number,
  planned: number,
  extra: number,
  alpha: number,
): Turn & { last: boolean } {
  const usual = turn(closed, planned, alpha);
  const further = extendedSchedule(planned, extra);
  if (further.length === 0) return { ...usual, last: usual.main };
  const early = usual.planned - 1;
  const all = usual.planned + further.length;
  const done = further.filter((periods) => periods <= closed).length;
  if (done === 0) {
    const share = usual.main ? mainShare : Math.min(earlyShare, earlyShareBeside / Math.max(1, early));
    const next = usual.main ? (further[0] ?? planned) : usual.next;
    return { ...usual, planned: all, limit: alpha * share, next, last: false };
  }
  return {
    ...{ done: usual.planned + done, planned: all, main: true, last: done === further.length },
    periods: further[done - 1] ?? planned,
    limit: (alpha * extensionShare) / further.length,
    next: further[done] ?? planned + extra,
  };
}

/**
 * The look whose turn it is with so many closed periods. It depends on nothing else, so a repeated or late call spends
 * nothing twice.
 */
export function turn(closed: number, planned: number, alpha: number): Turn {
  const looks = schedule(planned);
  const done = looks.filter((periods) => periods <= closed).length;
  const main = done === looks.length;
  return {
    done,
    planned: looks.length,
    periods: looks[done - 1] ?? 0,
    limit: alpha * (main ? 1 - earlyShare * (looks.length - 1) : earlyShare),
    main,
    next: looks[done] ?? planned,
  };
}
