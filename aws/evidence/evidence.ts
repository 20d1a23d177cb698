/** Where evidence about an image is looked for: one gateway over every source that the configuration can name. */
import type { EvidenceQuestion, EvidenceSource, Sightings } from '../../core/scan/evidence.ts';
import { type EvidenceSetting, inBucket } from '../../core/scan/evidence-setting.ts';
import { ecr } from '../ecr.ts';
import { ecrClients } from '../ecr-clients.ts';
import type { Means } from '../means.ts';
import { bucketOf } from './bucket.ts';
import { ecrScans } from './ecr-scans.ts';
import { referrers } from './referrers.ts';

export function evidence(means: Means) {
  function sourceOf(setting: EvidenceSetting): EvidenceSource {
    if (inBucket(setting)) return bucketOf(means, setting);
    if (setting === 'referrer') return referrers(means.open(ecr));
    return ecrScans(means.open(ecrClients), setting);
  }
  return {
    /** Only reads: may be repeated. */
    of: (setting: EvidenceSetting, question: EvidenceQuestion): Sightings => sourceOf(setting)(question),
  };
}
