/** AWS's limits on sizes, against releases in which everything that others write is as long as it can be. */
import { describe, expect, test } from 'vitest';
import type { ConfigInput } from '../../core/config.ts';
import type { Call } from '../../local/door/answering.ts';
import { type Finding, fixableCritical, unfixedLow } from '../../local/images/findings.ts';
import { maxDataBytes } from '../../local/states/limits.ts';
import definition from '../../state-machines/deploy.asl.json' with { type: 'json' };
import { type Payload, payloadsOf } from '../support/history.ts';
import { production, rehearsal } from '../support/rehearsal.ts';

const mebibyte = 1024 * 1024;
/** Three bytes a character, as Step Functions counts. */
const long = (characters: number) => '出荷'.repeat(characters / 2);

test('the definition is small, with the longest names that functions can have', () => {
  const arn = `arn:aws:lambda:ap-southeast-1:123456789012:function:${'x'.repeat(64)}`;

  const resolved = JSON.stringify(definition, null, 2).replaceAll(/\$\{\w+\}/g, arn);

  expect(resolved).toContain(arn);
  expect(Buffer.byteLength(resolved)).toBeLessThan(mebibyte / 10);
});

describe('no payload comes near 256 KiB, and no record near 400, of a release', () => {
  test.each([
    { it: 'that is rejected for many findings', waived: 40, env: [], outcome: 'Rejected' },
    { it: 'whose many tasks crash', env: ['CRASH_AFTER_MS=1500'], outcome: 'RolledBack' },
    { it: 'whose metrics get worse', env: ['ERROR_RATE=0.2'], outcome: 'RolledBack' },
  ])('$it', async ({ waived = 60, env, outcome }) => {
    const world = await largestWorld(waived);

    const release = await world.release({ env });

    expect(release.outcome).toBe(outcome);
    const largest = largestOf(release.history.flatMap(payloadsOf));
    expect(largest.bytes, JSON.stringify(largest)).toBeLessThan(maxDataBytes / 2);
    // The record is one item of DynamoDB.
    expect(Buffer.byteLength(JSON.stringify(release.record))).toBeLessThan(260 * 1024);
    // What was made long is in there.
    expect(largest.bytes).toBeGreaterThan(maxDataBytes / 10);
  });
});

const largestOf = (payloads: Payload[]) =>
  payloads.reduce((one, other) => (other.bytes > one.bytes ? other : one));

/** `waived`: how many of sixty critical findings may be deployed all the same. */
async function largestWorld(waived: number) {
  const waivers = critical.slice(0, waived).map(({ VulnerabilityID: id }) => ({
    ...{ id, expires: '2099-12-31', owner: long(200), statement: long(400) },
  }));
  const endpoints = Array.from({ length: 20 }, (_, index) => ({
    ...{ url: `http://my-api.test/${'x'.repeat(2000)}${index}`, status: 404 },
  }));
  const environment: Partial<ConfigInput['services'][string]['environments'][number]> = {
    approval: { timeout: '1h' },
    releaseTask: { command: ['node', 'x'.repeat(4000)] },
    smoke: { endpoints },
    analysis: production.analysis,
  };
  const world = await rehearsal({
    ...{ slack: true, desiredCount: 10, environment, around: longWinded },
    service: { scan: { waivers } },
  });
  const { clock, ask } = world;

  // A task definition as large as ECS takes them.
  const { taskDefinition } = await ask('ECS', 'DescribeTaskDefinition', { taskDefinition: 'my-api' });
  const [container] = taskDefinition.containerDefinitions;
  const variables = Array.from({ length: 100 }, (_, index) => ({
    ...{ name: `VARIABLE_${index}`, value: 'x'.repeat(500) },
  }));
  const { taskDefinitionArn, revision, status, registeredAt, requiresAttributes, ...kept } = taskDefinition;
  const containerDefinitions = [{ ...container, environment: variables }];
  await ask('ECS', 'RegisterTaskDefinition', { ...kept, containerDefinitions });
  await ask('ECS', 'UpdateService', { cluster: 'main', service: 'my-api', taskDefinition: 'my-api' });
  await clock.advance(600_000);

  return {
    /** Approves what asks for it. */
    async release({ env }: { env: string[] }) {
      const labels = ['revision', 'authors', 'version'].map((name) => [
        `org.opencontainers.image.${name}`,
        long(1000),
      ]);
      const config = { Entrypoint: ['node'], Env: env, Labels: Object.fromEntries(labels) };
      await world.pushImageOnly('v1.0.0', { config, findings: [...critical, ...harmless] });
      await clock.advance(30_000);
      const [asking] = await world.executions();
      if (asking?.status === 'RUNNING') await world.click('approve');
      await world.ended();
      const [release] = await world.releases();
      if (!release) throw new Error('nothing was released');
      return release;
    },
  };
}

/** ECS and CloudWatch Logs at their most talkative. */
async function longWinded({ operation }: Call, next: () => Promise<unknown>): Promise<unknown> {
  const answer = await next();
  switch (operation) {
    case 'GetLogEvents':
      return { events: Array.from({ length: 20 }, () => ({ timestamp: 0, message: long(10_000) })) };
    case 'DescribeTasks': {
      const { tasks } = answer as { tasks: { stopCode?: string }[] };
      return { tasks: tasks.map((task) => (task.stopCode ? { ...task, stoppedReason: long(1000) } : task)) };
    }
    default:
      return answer;
  }
}

const many = (count: number, like: Finding): Finding[] =>
  Array.from({ length: count }, (_, index) => ({
    ...like,
    ...{
      VulnerabilityID: `CVE-2026-${10_000 + index}`,
      Title: long(1000),
      PkgName: `${index}${'x'.repeat(300)}`,
    },
  }));
const critical = many(60, fixableCritical);
const harmless = many(1000, unfixedLow);
