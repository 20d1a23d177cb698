/** The ECS services of one environment: how they are configured, and what follows from it elsewhere. */
import { describe, expect, test } from 'vitest';
import { leadingOf } from '../../aws/ecs-service.ts';
import { accessOf } from '../../core/access/access.ts';
import { asksHook } from '../../core/access/lifecycle-hook.ts';
import type { Statement } from '../../core/access/statement.ts';
import { type ConfigInput, defineConfig, environmentOf, logGroupsOf, memberOf } from '../../core/config.ts';
import { checkAt } from '../../core/installed.ts';
import { membersOf } from '../../core/members.ts';
import { targetsOf } from '../../core/release.ts';
import { unprovedOf } from '../../core/slot.ts';
import { triggersOf } from '../../core/triggers.ts';
import { home } from '../../local/aws-service.ts';
import { compilePattern } from '../../local/events/pattern.ts';
import { installation } from '../../local/world.ts';

type EnvironmentInput = ConfigInput['services'][string]['environments'][number];
const analysis = { loadBalancer: 'app/web/1', targetGroup: 'targetgroup/web/1' };
const production: EnvironmentInput = {
  ...{ name: 'production', cluster: 'main', service: 'web', analysis },
  roles: ['web-task', 'execution'],
  smoke: { endpoints: [{ url: 'http://web.test/' }] },
  releaseTask: { command: ['migrate'] },
  alongside: [
    { service: 'worker', roles: ['worker-task'], rollout: { strategy: 'BLUE_GREEN' } },
    { service: 'mailer', container: 'mailer', family: 'mail', logGroups: ['/mail'] },
  ],
};
const configWith = (...environments: EnvironmentInput[]) =>
  defineConfig({ services: { shop: { repository: 'shop', container: 'app', environments } } });
const config = configWith(production);
const { service, environment } = environmentOf(config, 'shop', 'production');

describe('services alongside', () => {
  test('have what is theirs, what they leave out from the environment, and no checks of their own', () => {
    const [leading, worker, mailer] = membersOf(service, environment);

    expect(leading).toEqual({ service, environment });
    expect(worker).toMatchObject({
      service: { container: 'app' },
      environment: {
        ...{ service: 'worker', cluster: 'main', roles: ['worker-task'], alongside: [] },
        rollout: { strategy: 'BLUE_GREEN', bakeTime: 600 },
        ...{ smoke: undefined, analysis: undefined, releaseTask: undefined },
      },
    });
    expect(mailer).toMatchObject({
      service: { container: 'mailer' },
      environment: { family: 'mail', roles: ['web-task', 'execution'], rollout: { strategy: 'ROLLING' } },
    });
    expect(
      targetsOf(service, environment).map(({ service, container }) => `${service} ${container}`),
    ).toEqual(['web app', 'worker app', 'mailer mailer']);
    expect(membersOf(service, environment).map((one) => logGroupsOf(one.environment))).toEqual([
      ['/ecs/web'],
      ['/ecs/worker'],
      ['/mail'],
    ]);
  });

  test('that shift traffic wait by a hook for tests that come before users do', () => {
    const testListener = { url: 'http://web.test:9001' };
    const smoke = { endpoints: [{ url: 'http://web.test/' }], testListener };
    const { service, environment } = environmentOf(
      configWith({ ...production, analysis: undefined, smoke, rollout: { strategy: 'BLUE_GREEN' } }),
      'shop',
      'production',
    );

    const asked = membersOf(service, environment).filter((one) => asksHook(one.environment));

    expect(asked.map((one) => one.environment.service)).toEqual(['web', 'worker']);
  });

  test('are found by the target of a release, and the leading one where they are configured no more', () => {
    const of = (name: string) => ({ service: 'shop', environment: 'production', target: { service: name } });

    expect(memberOf(config, of('worker')).rollout.strategy).toBe('BLUE_GREEN');
    expect(memberOf(config, of('web'))).toBe(environment);
    expect(memberOf(config, of('gone'))).toBe(environment);
  });

  test.each<{ it: string; alongside: EnvironmentInput['alongside']; says: string }>([
    {
      it: 'the leading one again',
      alongside: [{ service: 'web' }],
      says: 'environments.0.alongside.0.service: web is named twice',
    },
    {
      it: 'one of them twice',
      alongside: [{ service: 'worker' }, { service: 'worker' }],
      says: 'environments.0.alongside.1.service: worker is named twice',
    },
    {
      it: 'a rollout that takes longer than the environment waits',
      alongside: [{ service: 'worker', rollout: { strategy: 'BLUE_GREEN', bakeTime: '1h' } }],
      says: 'alongside.0.rollout: takes 1 h at least',
    },
    {
      it: 'more than a release has room for',
      alongside: Array.from({ length: 10 }, (_, index) => ({ service: `worker-${index}` })),
      says: 'alongside: names more than 9',
    },
  ])('are refused where they name $it', ({ alongside = [], says }) => {
    expect(() => configWith({ ...production, alongside })).toThrow(says);
  });

  test('belong to one environment alone', () => {
    const staging: EnvironmentInput = { name: 'staging', cluster: 'main', service: 'worker' };

    expect(() => configWith(staging, production)).toThrow(
      'services.shop.environments.1.alongside.0.service: main/worker already belongs to shop.staging',
    );
    const elsewhere = configWith({ ...staging, region: home.region }, production);
    expect(() => checkAt(elsewhere, home)).toThrow('are both the ECS service');
  });
});

describe('for services alongside', () => {
  const of = (statements: Statement[] | undefined, action: string) =>
    statements?.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);

  test('permissions name services, families, roles and log groups', () => {
    const access = accessOf(config, installation);

    expect(of(access.StartDeployment, 'ecs:UpdateService')).toEqual(
      ['web', 'worker', 'mailer'].map((name) => `arn:aws:ecs:eu-west-1:123456789012:service/main/${name}`),
    );
    expect(of(access.RegisterTaskDefinition, 'ecs:RegisterTaskDefinition')).toContain(
      'arn:aws:ecs:eu-west-1:123456789012:task-definition/mail:*',
    );
    expect(of(access.RegisterTaskDefinition, 'iam:PassRole')).toContain(
      'arn:aws:iam::123456789012:role/worker-task',
    );
    expect(of(access.AwaitDeployment, 'logs:GetLogEvents')?.join()).toContain('log-group:/mail:');
    // Only the leading one has a release task.
    expect(of(access.RunReleaseTask, 'ecs:RunTask')).toEqual([
      'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:*',
    ]);
  });

  test.each(['web', 'worker', 'mailer'])('deployments of %s wake the release', (name) => {
    const rules = triggersOf(config, installation);
    const event = {
      ...{ source: 'aws.ecs', 'detail-type': 'ECS Deployment State Change' },
      ...{ account: installation.account, region: installation.region },
      resources: [`arn:aws:ecs:eu-west-1:123456789012:service/main/${name}`],
    };

    const taking = Object.values(rules).filter(({ pattern }) => compilePattern(pattern)(event));

    expect(taking.map((rule) => rule.function)).toEqual(['on-deployment-event']);
    expect(leadingOf({ ...home, cluster: 'main', service: name }, config, home).service).toBe('web');
  });

  test('of another cluster or account nobody leads', () => {
    const other = { ...home, cluster: 'other', service: 'worker' };
    const away = { ...home, account: '999999999999', cluster: 'main', service: 'worker' };

    expect(leadingOf(other, config, home)).toBe(other);
    expect(leadingOf(away, config, home)).toBe(away);
  });
});

test('the slot knows of each what was never proved', () => {
  const web = { taskDefinitionArn: 'web:2', wayBack: 'web:1' };
  const worker = { taskDefinitionArn: 'worker:5', wayBack: 'worker:4' };
  const left = { execution: 'v1', since: 1 };

  const both = { unproved: { ...web, ...left, others: { worker } } };
  const one = { unproved: { ...worker, ...left, service: 'worker' } };
  const found = (slot: Parameters<typeof unprovedOf>[0]) =>
    ['web', 'worker', 'mailer'].map((name) => unprovedOf(slot, name, 'web'));

  expect(found(both)).toEqual([web, worker, undefined]);
  expect(found(one)).toEqual([undefined, worker, undefined]);
  expect(found({})).toEqual([undefined, undefined, undefined]);
});
