/** What an environment deployed last, where the next one has never heard of it. */
import { environmentOf } from '../core/config.ts';
import type { ReleaseRequest } from '../core/release.ts';
import type { Place, Sweep } from './sweep.ts';

export async function missedPromotions(
  places: readonly Place[],
  { aws, attempt }: Sweep,
): Promise<ReleaseRequest[]> {
  const later = places.flatMap(({ before, ...place }) => (before ? [{ ...place, before }] : []));
  const sources = later.map(({ service, before }) => environmentOf(aws.config, service, before).environment);
  const slots = (await attempt('slots', () => aws.slots.lookAtAll(sources))) ?? [];
  const promoted: ReleaseRequest[] = [];
  for (const [index, { service, environment }] of later.entries()) {
    const slot = await attempt(`${service}/${environment}`, () => slots[index]?.());
    // Who goes back in one environment has not said that others should.
    if (!slot?.deployed || slot.deployed.rollback) continue;
    const { push, execution } = slot.deployed;
    promoted.push({ service, environment, push, promotedFrom: execution });
  }
  return (await attempt('promotions', () => aws.pushes.unseen(promoted))) ?? [];
}
