/** Where evidence about an image is looked for: one gateway over every source that the configuration can name. */
import type { EvidenceQuestion, Sightings } from '../../core/scan/evidence.ts';
import type { EvidenceSetting } from '../../core/scan/evidence-setting.ts';
import { ecr } from '../ecr.ts';
import type { Means } from '../means.ts';
import { referrers } from './referrers.ts';

export function evidence({ open }: Pick<Means, 'open'>) {
  return {
    /** Only reads: may be repeated. */
    of(setting: EvidenceSetting, question: EvidenceQuestion): Sightings {
      void setting; // of which there is one, so far
      return referrers(open(ecr))(question);
    },
  };
}
