/** The schedule's sweep over a thousand services, within AWS's limits. */
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../../core/config.ts';
import { pushVariant } from '../../local/images/push-variant.ts';
import { pause } from '../../local/lambda/pause.ts';
import { awsLimits } from '../../local/limits/aws-limits.ts';
import { stateMachineArn } from '../../local/world.ts';
import { address, settle, virtualWorld } from '../support/virtual-world.ts';

const quarter = 15 * 60_000;
const services = 1000;

interface SeenCall {
  second: number;
  service: string;
  operation: string;
  input: Record<string, unknown>;
}

/** Every event of ECR is lost, so that the schedule has to find each push. */
async function many(count: number, gone: readonly string[] = []) {
  const names = Array.from({ length: count }, (_, index) => `service-${String(index).padStart(4, '0')}`);
  const environment = (service: string) => ({ name: 'production', cluster: 'main', service });
  const config = defineConfig({
    services: Object.fromEntries(
      names.map((name) => [name, { repository: name, container: 'app', environments: [environment(name)] }]),
    ),
  });
  let calls: SeenCall[] = [];
  let refused = 0;
  let installed = false;
  const world = await virtualWorld({
    ...{ config, seed: 1, requestsPerSecond: 0, desiredCount: 1, historySeconds: 600, maxAttempts: 1 },
    limits: awsLimits,
    honesty: { 'aws.ecr': { loss: 1 } },
    async around({ service, operation, input, caller }, next) {
      if (!installed) return next();
      await pause(world.clock, 25);
      if (caller.accessKeyId === 'reconcile-pushes')
        calls.push({ second: Math.floor(world.clock.now() / 1000), service, operation, input });
      return next().catch((error) => {
        if (error.message === 'Rate exceeded') refused += 1;
        throw error;
      });
    },
  });
  for (const name of gone) {
    const { repository } = config.services[name] ?? {};
    Object.assign(config.services[name] ?? {}, { repository: `no-${repository}` });
  }
  installed = true;
  return {
    ...world,
    names,
    refused: () => refused,
    /** What the next sweep calls. */
    async sweep(): Promise<SeenCall[]> {
      calls = [];
      await world.clock.advance(quarter);
      return calls;
    },
    async push(service: string) {
      const { clock, fetch } = world;
      const pushing = pushVariant({
        ...{
          address,
          service,
          variant: 'good',
          tag: 'v1.0.0',
          report: undefined,
          log: () => {},
          clock,
          fetch,
        },
      });
      await settle(clock, pushing);
    },
    async started(): Promise<string[]> {
      const { executions } = await world.ask('SFN', 'ListExecutions', { stateMachineArn, maxResults: 1000 });
      return executions.map(({ name }: { name: string }) => name);
    },
  };
}

const repositoriesOf = (calls: SeenCall[]) =>
  new Set(
    calls.flatMap(({ operation, input }) => (operation === 'DescribeImages' ? [input.repositoryName] : [])),
  );

describe('with many services', () => {
  test('each of a thousand is looked at within two sweeps, within the limits, and what is known is cheap from then on', async () => {
    const { clock, sweep, refused } = await many(services);
    // Sweeps begin after a quarter of an hour, and take five minutes.
    await clock.advance(6 * 60_000);

    const [first, second] = [await sweep(), await sweep()];
    const [reached, then] = [repositoriesOf(first), repositoriesOf(second)];
    expect(reached.size).toBeGreaterThan(services / 2);
    expect(reached.union(then).size).toBe(services);

    // Most of every limit is left to releases, in any second.
    for (const { service, operations, perSecond, name } of awsLimits.calls) {
      const made = [...first, ...second].filter(
        (call) => call.service === service && operations.includes(call.operation),
      );
      const seconds = [...Map.groupBy(made, ({ second }) => second).values()];
      expect(Math.max(0, ...seconds.map(({ length }) => length)), name).toBeLessThanOrEqual(perSecond / 2);
    }

    const third = Map.groupBy(await sweep(), ({ operation }) => operation);
    expect(third.get('DescribeImages')).toHaveLength(services);
    expect(third.get('BatchGetItem')?.length).toBeLessThan(services / 10);
    expect([...third.keys()].filter((operation) => /Describe(Services|Task)/.test(operation))).toEqual([]);
    expect(refused()).toBe(0);
  }, 60_000);

  test('lost pushes are found though a hundred of three hundred services cannot be read', async () => {
    const gone = Array.from({ length: 100 }, (_, index) => `service-${String(3 * index).padStart(4, '0')}`);
    const world = await many(300, gone);
    for (const name of ['service-0001', 'service-0149', 'service-0299']) await world.push(name);

    await world.clock.advance(3 * quarter);

    const started = await world.started();
    expect(started.map((name) => name.slice(0, 'service-0000'.length)).sort()).toEqual([
      ...['service-0001', 'service-0149', 'service-0299'],
    ]);
    const { error = '' } = world.deadLetters.find((letter) => letter.function === 'reconcile-pushes') ?? {};
    expect(error).toContain('repository no-service-');
    expect(error.length).toBeLessThan(10_000);
  }, 60_000);
});
