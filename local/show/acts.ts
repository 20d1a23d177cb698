/** The acts of the show: three pushes, and how each must end. */
import type { Service } from '../../core/config.ts';
import type { Outcome } from '../../core/release.ts';
import type { VariantName } from '../images/variants.ts';
import { expectation } from './expectation.ts';
import { tagFor } from './tag.ts';

export interface Act {
  title: string;
  variant: VariantName;
  tag: string;
  outcome: Outcome;
}

const acts: readonly Act[] = [
  { title: 'A good image is pushed', variant: 'good', tag: 'v1.0.0', outcome: 'Deployed' },
  {
    title: 'An image that answers 5 % of its requests with 500 is pushed',
    variant: 'errors',
    tag: 'v1.1.0',
    outcome: 'RolledBack',
  },
  {
    title: 'An image with a CRITICAL vulnerability that has a fix is pushed',
    variant: 'vulnerable',
    tag: 'v1.2.0',
    outcome: 'Rejected',
  },
];

/** The acts with tags that deploy; `instead` says what would come of one that cannot end as it must, by the configuration. */
export function actsFor(service: Service, now: number): (Act & { instead?: string })[] {
  return acts.map((act) => {
    const tag = tagFor(service.tags, act.tag);
    const { outcome, words } = expectation(service, { variant: act.variant, tag }, now);
    return { ...act, tag, ...(outcome !== act.outcome && { instead: words }) };
  });
}

export interface Review {
  good: boolean;
  /** What there is to say about the end; nothing where it is as it must be. */
  words?: string;
  /** Another push had its way: no fault, but the act was not shown. */
  overtaken: boolean;
}

/** `strict`: nobody looks, so an act that was not shown is a failure. */
export function review(act: Pick<Act, 'outcome'>, outcome: string | undefined, strict: boolean): Review {
  if (outcome === act.outcome) return { good: true, overtaken: false };
  // Nothing to do: something newer runs already.
  if (outcome === 'Superseded' || outcome === 'NothingToDo') {
    const words = 'A push of somebody else took its place, so this act did not come to its end.';
    return { good: !strict, words, overtaken: true };
  }
  return { good: false, words: `It had to end ${act.outcome}, not ${outcome}.`, overtaken: false };
}
