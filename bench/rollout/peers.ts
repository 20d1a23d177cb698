/** How others find out what became of a deployment: the AWS SDK's own waiter, and a script that polls. */
import {
  DescribeServicesCommand,
  ECSClient,
  type Service,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs';
import { region } from '../../local/aws-service.ts';
import type { VirtualClock } from '../../local/clock.ts';
import type { AwsHandler } from '../../local/door/answering.ts';
import { inProcessHandler, inProcessSettings } from '../../local/door/in-process.ts';
import { seeded } from '../../test/support/seeded.ts';
import { address } from '../../test/support/virtual-world.ts';
import { withVirtualGlobals } from './virtual-globals.ts';

export type Verdict = 'deployed' | 'failed' | 'gave up';

/** What one of them said, and when. */
export interface Said {
  verdict: Verdict;
  /** Ms since the epoch. */
  at: number;
  /** Of DescribeServices. */
  calls: number;
}

export interface Watched {
  clock: VirtualClock;
  aws: AwsHandler;
  seed: number;
  /** That `UpdateService` asked for. */
  taskDefinition: string;
}

/** After this long they give up, in seconds: longer than any deployment here takes. */
const patience = 3 * 3600;
const services = { cluster: 'main', services: ['my-api'] };

/**
 * `waitUntilServicesStable` of @aws-sdk/client-ecs as it is, with its own pauses. It knows nothing of task definitions: whoever uses
 * it takes its success for that of the deployment.
 */
export async function waiter(watched: Watched): Promise<Said> {
  const { clock, seed } = watched;
  const asking = clientOf(watched);
  const wait = () => waitUntilServicesStable({ client: asking.client, maxWaitTime: patience }, services);
  const verdict = await withVirtualGlobals({ clock, random: seeded(seed) }, wait).then(
    (): Verdict => 'deployed',
    (error: Error): Verdict => (error.name === 'TimeoutError' ? 'gave up' : 'failed'),
  );
  return { verdict, at: clock.now(), calls: asking.calls() };
}

/**
 * `DescribeServices` every 15 seconds, by a script. A `careful` one looks first whether the service still has the task
 * definition that was deployed; others go by the state of the rollout alone.
 */
export async function poll(watched: Watched, careful: boolean): Promise<Said> {
  const { clock, taskDefinition } = watched;
  const asking = clientOf(watched);
  const end = clock.now() + patience * 1000;
  for (;;) {
    await new Promise<void>((resolve) => clock.after(15_000, resolve));
    const answer = await asking.client.send(new DescribeServicesCommand(services));
    const seen = verdictOf(answer.services?.[0], careful ? taskDefinition : undefined);
    const verdict = clock.now() > end ? 'gave up' : seen;
    if (verdict) return { verdict, at: clock.now(), calls: asking.calls() };
  }
}

function verdictOf(service: Service | undefined, wanted: string | undefined): Verdict | undefined {
  const { deployments = [], runningCount, desiredCount } = service ?? {};
  const { taskDefinition, rolloutState } = deployments.find(({ status }) => status === 'PRIMARY') ?? {};
  if (wanted && taskDefinition !== wanted) return 'failed';
  if (rolloutState === 'FAILED') return 'failed';
  if (rolloutState === 'COMPLETED') return 'deployed';
  // Where ECS shifts traffic it tells no rollout state.
  const settled = deployments.length === 1 && runningCount === desiredCount;
  return rolloutState === undefined && settled ? 'deployed' : undefined;
}

function clientOf({ clock, aws }: Watched) {
  let calls = 0;
  const client = new ECSClient({
    ...inProcessSettings,
    region,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    endpoint: address,
    requestHandler: inProcessHandler(aws),
  });
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  // A call takes no time, for nobody here.
  client.send = ((command: unknown) => {
    calls += 1;
    return clock.during(send(command));
  }) as typeof client.send;
  return { client, calls: () => calls };
}
