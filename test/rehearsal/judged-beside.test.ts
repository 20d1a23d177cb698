/** What is judged beside users' requests: leaks, alarms, metrics of one's own, and services without users. */
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { pastOf } from '../../cli/judge/past.ts';
import { replay } from '../../core/judge/replay.ts';
import { inProcessHandler, inProcessSettings } from '../../local/door/in-process.ts';
import { production, type RehearsalOptions, rehearsal } from '../support/rehearsal.ts';
import { address, settle } from '../support/virtual-world.ts';

type Environment = NonNullable<RehearsalOptions['environment']>;

/** With somebody beside who may publish metrics and make alarms. */
async function measuredWorld(options: RehearsalOptions) {
  const world = await rehearsal(options);
  const client = new CloudWatchClient({
    ...{ ...inProcessSettings, endpoint: address, region: 'eu-west-1' },
    requestHandler: inProcessHandler(world.world.aws),
    credentials: { accessKeyId: 'somebody', secretAccessKey: 'local' },
  });
  const during = (asked: Promise<unknown>) => settle(world.clock, asked);
  return { ...world, client, during };
}

const image = (...more: string[]) => ({
  config: { Entrypoint: ['node', 'server.mjs'], WorkingDir: '/app', Env: ['PORT=8080', ...more] },
});
const newest = async (world: Awaited<ReturnType<typeof rehearsal>>) => {
  const [release] = await world.releases();
  if (!release) throw new Error('there is a release');
  return release;
};

test('a version that leaks memory is deployed, and that its memory rose is told', async () => {
  const world = await rehearsal();

  await world.pushImage('v1.0.0', image('LEAK_MB_PER_MINUTE=20'));

  const { outcome, reason } = await newest(world);
  expect(outcome).toBe('Deployed');
  expect(reason).toMatch(
    /Nothing got worse: .*; only reported: memory rose from 11.7 % to [\d.]+ %, by more than/,
  );
});

test('a worker without a load balancer is judged by one line, and taken back where its memory decides', async () => {
  const worker = (analysis: Environment['analysis']): Environment => ({ smoke: undefined, analysis });
  const reported = await rehearsal({ environment: worker({ preset: 'worker' }) });
  const decided = await rehearsal({ environment: worker({ preset: 'worker', decide: ['memory'] }) });

  for (const world of [reported, decided]) await world.pushImage('v1.0.0', image('LEAK_MB_PER_MINUTE=20'));

  expect(await newest(reported)).toMatchObject({
    outcome: 'Deployed',
    reason: expect.stringMatching(/Only reported: memory rose/),
  });
  expect(await newest(decided)).toMatchObject({
    outcome: 'RolledBack',
    reason: expect.stringMatching(/^memory rose from/),
  });
});

test('an alarm that fires after the start takes a release back, and one that fired before does not', async () => {
  const world = await measuredWorld({
    environment: { analysis: { ...production.analysis, alarms: ['orders-failing'] } },
  });
  const alarm = {
    AlarmName: 'orders-failing',
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
  } as const;
  const set = (StateValue: 'ALARM' | 'OK') =>
    new SetAlarmStateCommand({ AlarmName: 'orders-failing', StateValue, StateReason: 'rehearsed' });
  await world.during(world.client.send(new PutMetricAlarmCommand(alarm)));
  await world.during(world.client.send(set('ALARM')));

  const before = await world.push('good', 'v1.0.0');
  await world.during(world.client.send(set('OK')));
  const looks = world.count('GetMetricData');
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.until(() => world.count('GetMetricData') > looks, 3_600_000);
  await world.during(world.client.send(set('ALARM')));
  await world.ended();

  expect(before.outcome).toBe('Deployed');
  expect(before.reason).toContain('no other alarm fired, alarm orders-failing as before');
  const { executionArn, ...ended } = await newest(world);
  expect(ended).toMatchObject({
    outcome: 'RolledBack',
    reason: 'alarm orders-failing fired after the deployment had started',
  });

  await world.clock.advance(600_000);
  await world.during(world.client.send(set('OK')));
  const asked = { service: 'my-api', environment: 'production', release: executionArn };
  const looking = pastOf(asked, world.world.surroundings('tidegate-cli')).then(async (past) =>
    replay({ ...past, ...(await past.figures()) }),
  );
  await settle(world.clock, looking);
  expect((await looking).at(-1)?.comparison).toMatchObject({ decision: 'take back', headline: ended.reason });
});

test('lines of its logs take a release back whose users see nothing wrong, and are counted again by the command line', async () => {
  const lines = { name: 'declined', logs: { pattern: 'payment (was )?declined' } };
  const world = await rehearsal({
    environment: { analysis: { ...production.analysis, metrics: [lines] } },
  });
  const write = () => {
    world.world.at({}).logs.append('/ecs/my-api', 'ecs/app/1', 'payment declined by the bank');
    world.clock.after(2_000, write);
  };
  world.clock.after(60_000, write);

  const { executionArn, outcome, reason } = await world.push('good', 'v1.0.0');

  expect(outcome).toBe('RolledBack');
  expect(reason).toMatch(/^declined rose from 0.00 % \(0 of .*\) to [\d.]+ % \(\d+ of [\d ]+\)/);
  const asked = { service: 'my-api', environment: 'production', release: executionArn };
  const looking = pastOf(asked, world.world.surroundings('tidegate-cli')).then(async (past) =>
    replay({ ...past, ...(await past.figures()) }),
  );
  await settle(world.clock, looking);
  expect((await looking).at(-1)?.comparison.headline).toBe(reason);
});

test('a metric of one’s own takes a release back whose users see nothing wrong, unless it rose so a week ago, too', async () => {
  const shop = (metric: string) => ({ namespace: 'Shop', metric });
  const declined = { name: 'declined payments', bad: shop('Declined'), of: shop('Payments') };
  const released = async (baseline: 'day' | 'week') => {
    const world = await measuredWorld({
      environment: { analysis: { ...production.analysis, baseline, metrics: [declined] } },
    });
    const started = world.clock.now();
    // An hour before and 20 minutes after, and the same a week ago.
    const minutes = [0, -7 * 1440].flatMap((then) =>
      Array.from({ length: 80 }, (_, index) => then + index - 60),
    );
    const data = minutes.flatMap((at) => {
      const values = { Payments: 500, Declined: at > 0 || (at < -1440 && at > -7 * 1440) ? 60 : 5 };
      const Timestamp = new Date(started + at * 60_000);
      return Object.entries(values).map(([MetricName, Value]) => ({ MetricName, Value, Timestamp }));
    });
    // Small enough that the SDK does not compress it, which takes real time.
    for (let first = 0; first < data.length; first += 40) {
      const MetricData = data.slice(first, first + 40);
      await world.during(world.client.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData })));
    }
    return world.push('good', 'v1.0.0');
  };

  const [day, week] = [await released('day'), await released('week')];

  expect(day.outcome).toBe('RolledBack');
  expect(day.reason).toMatch(/^declined payments rose from 1.0 % \(\d+ of [\d ]+\) to 12.0 % \(60 of 500\)/);
  expect(week.outcome).toBe('Deployed');
  expect(week.reason).toMatch(
    /declined payments rose from 1.0 % .*, as a week ago at this time: from 1.0 % .* to 12.0 %/,
  );
});

test('judged again from CloudWatch, a release that was taken back is taken back in the same words, also by a pinned baseline, or kept by another policy', async () => {
  const world = await rehearsal();
  const { executionArn, reason } = await world.push('errors', 'v1.0.0');
  await world.clock.advance(600_000);
  const surroundings = world.world.surroundings('tidegate-cli');
  const asked = { service: 'my-api', environment: 'production', release: executionArn };

  const looking = pastOf(asked, surroundings).then(async (past) => ({ past, found: await past.figures() }));
  await settle(world.clock, looking);
  const { past, found } = await looking;
  const again = replay({ ...past, ...found });
  const day = new Date(past.startedAt - 45 * 60_000).toISOString().slice(0, 16);
  const beside = pastOf({ ...asked, baseline: `${day}Z/30m` }, surroundings);
  const pinned = beside.then(async (past) => replay({ ...past, ...(await past.figures()) }));
  await settle(world.clock, pinned);
  const kept = replay({ ...past, ...found, policy: { ...past.policy, report: ['errors'] } });

  expect(again.at(-1)?.comparison).toMatchObject({ decision: 'take back', headline: reason });
  expect(kept.at(-1)?.comparison.decision).toBe('keep');
  expect((await pinned).at(-1)?.comparison).toMatchObject({
    decision: 'take back',
    headline: expect.stringContaining(`; compared with the 30 min from ${day}Z on`),
  });
});
