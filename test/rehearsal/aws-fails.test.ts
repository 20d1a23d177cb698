/** AWS that is down, late, forgetful, or says no. */
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../local/aws-service.ts';
import type { Call } from '../../local/door/answering.ts';
import { ConnectionLost } from '../../local/door/route.ts';
import { pause } from '../../local/lambda/pause.ts';
import { broken, fault, refused } from '../support/fault.ts';
import { production, rehearsal } from '../support/rehearsal.ts';

const says = ({ input }: Call, text: string) => JSON.stringify(input).includes(text);

describe('a good release is deployed', () => {
  test('once, though the answer to its UpdateService is lost', async () => {
    let lost = 0;
    const world = await rehearsal({
      async around({ operation }, next) {
        const answer = await next();
        if (operation !== 'UpdateService' || lost > 0) return answer;
        lost += 1;
        throw new ConnectionLost();
      },
    });

    const release = await world.push('good', 'v1.0.0');

    expect(lost).toBe(1);
    expect(release.outcome).toBe('Deployed');
    expect(world.count('UpdateService')).toBe(1);
  });

  test('though ECS is down for a minute and a half while it is rolled out', async () => {
    const ecs = fault('ListServiceDeployments', broken);
    const world = await rehearsal({ around: ecs.around });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.until(() => world.count('UpdateService') > 0, 60_000);

    ecs.begin();
    await world.clock.advance(90_000);
    ecs.end();
    await world.ended();

    expect(ecs.hits()).toBeGreaterThan(0);
    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
  });

  test('though ECR does not show its tag for three seconds', async () => {
    const notYet = fault('DescribeImages', new AwsError('ImageNotFoundException', ''), { saying: 'v1.0.0' });
    const world = await rehearsal({ around: notYet.around });
    notYet.begin();
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(2000);
    notYet.end();
    await world.ended();

    expect(notYet.hits()).toBeGreaterThan(0);
    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
  });

  test('and promoted, though the event bus refuses every event', async () => {
    const bus = fault('PutEvents', refused);
    const staging = { ...production, name: 'staging', cluster: 'staging' };
    const world = await rehearsal({ service: { environments: [staging, production] }, around: bus.around });
    bus.begin();

    const { digest } = await world.push('good', 'v1.0.0');

    expect(bus.hits()).toBeGreaterThan(0);
    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.0 Deployed']);
    expect((await world.releases()).map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(await world.running('main')).toEqual([digest, digest]);
  });
});

describe('a bad release is taken back', () => {
  test('though ECS goes down for two minutes just when it is to be', async () => {
    const ecs = fault('DescribeServices', broken);
    const world = await rehearsal({
      around(call, next) {
        if (call.operation === 'UpdateItem' && says(call, '"take back"')) ecs.begin();
        return ecs.around(call, next);
      },
    });
    await world.pushOnly('errors', 'v1.0.0');
    await world.clock.until(() => ecs.hits() > 0, 3_600_000);

    await world.clock.advance(120_000);
    ecs.end();
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 RolledBack']);
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('though its service revision cannot be read for three seconds', async () => {
    let deployedAt = Number.POSITIVE_INFINITY;
    let unread = 0;
    const world = await rehearsal({
      async around({ operation, input }, next) {
        if (operation === 'UpdateService') {
          // ECS makes the deployment later than it was asked to.
          await pause(world.clock, 50);
          deployedAt = world.clock.now();
        }
        const answer = await next();
        const readable = operation !== 'DescribeServiceRevisions' || !justDeployed();
        if (readable) return answer;
        unread += 1;
        const arns = input.serviceRevisionArns as string[];
        return { serviceRevisions: [], failures: arns.map((arn) => ({ arn, reason: 'MISSING' })) };
      },
    });
    const justDeployed = () => world.clock.now() >= deployedAt && world.clock.now() < deployedAt + 3000;

    const release = await world.push('errors', 'v1.0.0');

    expect(unread).toBeGreaterThan(0);
    expect(release.outcome).toBe('RolledBack');
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('by the previous revision, where its deployment ends before it can be stopped', async () => {
    const ended = fault('StopServiceDeployment', new AwsError('ConflictException', 'it has ended'));
    const world = await rehearsal({ around: ended.around });
    ended.begin();

    await world.pushOnly('errors', 'v1.0.0');
    await world.clock.advance(60_000);
    const newer = await world.pushOnly('good', 'v1.1.0');
    await world.ended();

    expect(ended.hits()).toBeGreaterThan(0);
    const [, first] = await world.releases();
    expect(first?.record.steps.RollBack).toMatchObject({ method: 'previous revision deployed' });
    expect(await world.outcomes()).toEqual(['v1.0.0 Superseded', 'v1.1.0 Deployed']);
    expect(await world.running()).toEqual([newer.digest, newer.digest]);
  });
});

test('a newer release whose UpdateService is refused leaves what was proved, and says that it needs a human', async () => {
  const deploy = fault('UpdateService', refused);
  const world = await rehearsal({ around: deploy.around });
  await world.pushOnly('errors', 'v1.0.0');
  await world.clock.advance(60_000);

  deploy.begin();
  await world.pushOnly('good', 'v1.1.0');
  await world.ended();

  expect(deploy.hits()).toBeGreaterThan(0);
  expect(await world.outcomes()).toEqual(['v1.0.0 Superseded', 'v1.1.0 NeedsHuman']);
  expect(await world.running()).toEqual([world.first, world.first]);
});
