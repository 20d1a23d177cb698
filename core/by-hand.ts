/** What a person has to run where a release ended NeedsHuman, to be put behind the reason. */
import * as z from 'zod';
import type { ReleaseRecord } from './record.ts';
import type { ReleaseRequest, Target } from './release.ts';

type Where = Pick<Target, 'cluster' | 'region' | 'roleArn'>;

/** How far the way back was gone. */
const goneSchema = z.looseObject({
  RollBack: z
    .looseObject({ method: z.string(), methods: z.record(z.string(), z.string()).optional() })
    .optional()
    .catch(undefined),
  AwaitRollback: z.looseObject({ status: z.string() }).optional().catch(undefined),
});

/** `wayBacks`: the task definitions that ran before, by the names of their ECS services. */
export function byHand(
  target: Where,
  wayBacks: Readonly<Record<string, string>>,
  { service, environment }: Pick<ReleaseRequest, 'service' | 'environment'>,
  steps: ReleaseRecord['steps'],
): string {
  const { RollBack, AwaitRollback } = goneSchema.parse(steps);
  const services = Object.keys(wayBacks);
  const nowhere = services.filter(
    (name) => (RollBack?.methods?.[name] ?? RollBack?.method) === 'nothing to go back to',
  );
  if (nowhere.length === services.length)
    return `; push a version that works; to stop its tasks until then${updateServices(target, services, () => '--desired-count 0')}`;
  if (AwaitRollback?.status === 'back')
    return `; to go back further: npm run tidegate -- rollback ${service} ${environment}`;
  const back = (name: string) =>
    nowhere.includes(name) ? '--desired-count 0' : `--task-definition ${wayBacks[name]}`;
  return `; to go back to what ran before${updateServices(target, services, back)}`;
}

function updateServices(
  { cluster, region, roleArn }: Where,
  services: readonly string[],
  setting: (service: string) => string,
): string {
  const by = roleArn ? `, in the account ${roleArn.split(':')[4]}` : '';
  const there = region ? ` --region ${region}` : '';
  const commands = services.map(
    (name) => `aws ecs update-service${there} --cluster ${cluster} --service ${name} ${setting(name)}`,
  );
  return `${by}: ${commands.join(' && ')}`;
}
