/** Services that ECS pauses in the middle of their deployments, and the people who are asked, in rehearsals. */
import { approvalDoor } from '../../aws/approval-door.ts';
import { openAws } from '../../aws/open.ts';
import { lookAtAll, openFor } from '../../functions/status/look.ts';
import { blueGreen, shifting } from './shifting.ts';
import { settle } from './virtual-world.ts';

type World = Awaited<ReturnType<typeof shifting>>;
type Played = Pick<World, 'clock' | 'world'>;
type Options = NonNullable<Parameters<typeof shifting>[1]>;
export const minutes = 60_000;
const service = { cluster: 'main', service: 'my-api' };
export const canary = { strategy: 'CANARY', percent: 20, canaryBakeTime: '1m', bakeTime: '1m' } as const;

export const askedWorld = (more: Options = {}, rollout: Parameters<typeof shifting>[0] = blueGreen) =>
  shifting(rollout, {
    ...{ slack: true, historySeconds: 600, requestsPerSecond: 0 },
    ...more,
    environment: {
      ...{ approval: { at: 'pause', timeout: '2h' }, deploymentTimeout: '30m', analysis: undefined },
      ...more.environment,
    },
  });

/** Instead of the pause that the service has. */
export async function pauseAt({ ask }: World, stage: string, timeoutConfiguration?: object) {
  const { services } = await ask('ECS', 'DescribeServices', { cluster: 'main', services: ['my-api'] });
  const { lifecycleHooks, ...deploymentConfiguration } = services[0].deploymentConfiguration;
  const pause = {
    targetType: 'PAUSE',
    lifecycleStages: [stage],
    ...(timeoutConfiguration && { timeoutConfiguration }),
  };
  const others = lifecycleHooks.filter((hook: { hookTargetArn?: string }) => hook.hookTargetArn);
  await ask('ECS', 'UpdateService', {
    ...service,
    deploymentConfiguration: { ...deploymentConfiguration, lifecycleHooks: [...others, pause] },
  });
}

export const questions = ({ world }: Pick<World, 'world'>) =>
  world.slack
    .messages()
    .filter(({ text }) => text.startsWith('✋'))
    .map(({ text, blocks }) => ({ text, blocks: JSON.stringify(blocks) }));

export async function release(world: World) {
  const [newest] = await world.releases();
  if (!newest) throw new Error('no release');
  return newest;
}

export async function status({ world, clock }: World) {
  const look = lookAtAll(
    [{ service: 'my-api', environment: 'production' }],
    openFor(world.surroundings('tidegate-cli')),
  );
  await settle(clock, look);
  const [one] = await look;
  return one?.underWay[0];
}

/** From a terminal. */
export async function decide(
  { world, clock }: Played,
  command: { action: string; approvalId: string; reason?: string },
) {
  const { approvalDoor: door } = openAws(world.surroundings('ada'), { approvalDoor });
  const answer = door.send(command);
  await settle(clock, answer);
  return (await answer) as { verdict: string; says: string };
}
