/** What the show shows: three pushes, and how each must end. */
import type { VariantName } from '../images/variants.ts';

export interface Act {
  title: string;
  variant: VariantName;
  tag: string;
  outcome: 'Deployed' | 'RolledBack' | 'Rejected';
}

export const acts: readonly Act[] = [
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
