/** A release gives up the slot, and whoever is next gets it. */
import type { EcsService } from '../aws/ecs-service.ts';
import type { Aws } from '../aws/gateways.ts';
import type { ReleaseRecord } from '../core/record.ts';
import { requestedAt } from '../core/release.ts';
import { answerSlot } from './answer-slot.ts';

/** What its record says of its end decides what its service was left with. May be repeated. */
export async function leaveSlot(
  aws: Pick<Aws, 'now' | 'records' | 'slots' | 'states'>,
  target: EcsService,
  { execution, request, outcome }: Pick<ReleaseRecord, 'execution' | 'request' | 'outcome'>,
): Promise<void> {
  const deployed = outcome === 'Deployed' ? request : undefined;
  const leaving = {
    at: aws.now(),
    returned: outcome === 'RolledBack' || outcome === 'Superseded',
    ...(deployed && {
      deployed: {
        ...{ pushedAt: requestedAt(deployed), tag: deployed.push.tag, execution, push: deployed.push },
        ...(deployed.rollback && { rollback: true as const }),
      },
    }),
  };
  await answerSlot(aws, await aws.slots.leave(target, execution, leaving));
}
