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
