/** What a person has to run where a release ended NeedsHuman, to be put behind the reason. */
import * as z from 'zod';
import type { ReleaseRecord } from './record.ts';
import type { ReleaseRequest, Target } from './release.ts';

type Where = Pick<Target, 'cluster' | 'service' | 'region' | 'roleArn'>;

/** How far the way back was gone. */
const goneSchema = z.looseObject({
  RollBack: z.looseObject({ method: z.string() }).optional().catch(undefined),
  AwaitRollback: z.looseObject({ status: z.string() }).optional().catch(undefined),
});

/** `wayBack`: the task definition that ran before. */
export function byHand(
  target: Where,
  wayBack: string,
  { service, environment }: Pick<ReleaseRequest, 'service' | 'environment'>,
  steps: ReleaseRecord['steps'],
): string {
  const { RollBack, AwaitRollback } = goneSchema.parse(steps);
  if (RollBack?.method === 'nothing to go back to')
    return `; push a version that works; to stop its tasks until then${updateService(target, '--desired-count 0')}`;
  if (AwaitRollback?.status === 'back')
    return `; to go back further: npm run tidegate -- rollback ${service} ${environment}`;
  return `; to go back to what ran before${updateService(target, `--task-definition ${wayBack}`)}`;
}

function updateService({ cluster, service, region, roleArn }: Where, setting: string): string {
  const by = roleArn ? `, in the account ${roleArn.split(':')[4]}` : '';
  const there = region ? ` --region ${region}` : '';
  return `${by}: aws ecs update-service${there} --cluster ${cluster} --service ${service} ${setting}`;
}
