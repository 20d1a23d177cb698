/** Which events wake which function, by recorded events and EventBridge's own matching. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type ConfigInput, defineConfig } from '../../core/config.ts';
import { triggersOf } from '../../core/triggers.ts';
import { compilePattern } from '../../local/events/pattern.ts';
import { installation } from '../../local/world.ts';

const service = (name: string, more: object = {}) => ({
  repository: name,
  container: 'app',
  environments: [{ name: 'production', cluster: 'main', service: name }],
  ...more,
});
const rulesFor = (services: ConfigInput['services']) => triggersOf(defineConfig({ services }), installation);
const home = { account: installation.account, region: installation.region };

const push = (detail: object = {}, envelope: object = {}) => ({
  source: 'aws.ecr',
  'detail-type': 'ECR Image Action',
  ...home,
  ...envelope,
  detail: {
    'action-type': 'PUSH',
    result: 'SUCCESS',
    'repository-name': 'my-api',
    'image-tag': 'v1',
    ...detail,
  },
});

function taking(rules: ReturnType<typeof triggersOf>, event: unknown): string[] {
  return Object.keys(rules).filter((name) => compilePattern(rules[name]?.pattern)(event));
}

test.each([
  { it: 'of a service, with a tag that deploys', event: push(), taken: ['ImagePushed'] },
  { it: 'with a tag that deploys nothing', event: push({ 'image-tag': 'buildcache' }), taken: [] },
  { it: 'without a tag', event: push({ 'image-tag': '' }), taken: [] },
  { it: 'to another repository', event: push({ 'repository-name': 'my-api-base' }), taken: [] },
  { it: 'that is a deletion', event: push({ 'action-type': 'DELETE' }), taken: [] },
  { it: 'that failed', event: push({ result: 'FAILURE' }), taken: [] },
  { it: 'to a registry of another account', event: push({}, { account: '999999999999' }), taken: [] },
  { it: 'in another Region', event: push({}, { region: 'us-east-1' }), taken: [] },
])('a push $it wakes $taken', ({ event, taken }) => {
  const rules = rulesFor({ 'my-api': service('my-api') });

  expect(taking(rules, event)).toEqual(taken);
});

test('a push of latest wakes the service that asks for it, and no other', () => {
  const rules = rulesFor({ api: service('api', { latest: true }), web: service('web') });
  const latest = (repository: string) => push({ 'repository-name': repository, 'image-tag': 'latest' });

  expect(taking(rules, latest('api'))).toHaveLength(1);
  expect(taking(rules, push({ 'repository-name': 'api' }))).toHaveLength(1);
  expect(taking(rules, latest('web'))).toEqual([]);
});

test('a push to a registry elsewhere wakes the service that names it, and one at home does not', () => {
  const registry = { account: '999999999999', region: 'us-east-1' };

  const rules = rulesFor({ 'my-api': service('my-api', { registry }) });

  expect(taking(rules, push({}, registry))).toEqual(['ImagePushed']);
  expect(taking(rules, push())).toEqual([]);
});

test.each([
  { name: 'ecr-image-action-push-tagged-manifest-captured', taken: ['ImagePushed'] },
  { name: 'ecr-image-action-push-tagged-index-captured', taken: ['ImagePushed'] },
  { name: 'ecr-image-action-push-untagged-child-captured', taken: [] },
  { name: 'ecr-image-action-delete', taken: [] },
  { name: 'ecr-image-action-archive', taken: [] },
  { name: 'ecr-image-scan-complete-all-severities', taken: [] },
  { name: 'ecr-pull-through-cache-action', taken: [] },
  { name: 'ecr-replication-action-success', taken: ['ImageReplicated'] },
])('the recorded event $name is taken by $taken', ({ name, taken }) => {
  const file = new URL(`../fixtures/events/${name}.json`, import.meta.url);
  const event = JSON.parse(readFileSync(file, 'utf8'));
  const registry = { account: event.account, region: event.region };

  const repository = event.detail['repository-name'];
  const rules = rulesFor({ 'my-api': service('my-api', { repository, registry, tags: '*' }) });

  expect(taking(rules, event)).toEqual(taken);
});

const taskStopped = (detail: object) => ({
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  ...home,
  detail: {
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/main',
    group: 'service:my-api',
    lastStatus: 'STOPPED',
    ...detail,
  },
});
const deployment = (arn: string, envelope: object = {}) => ({
  source: 'aws.ecs',
  'detail-type': 'ECS Deployment State Change',
  ...home,
  resources: [arn],
  detail: { eventName: 'SERVICE_DEPLOYMENT_COMPLETED' },
  ...envelope,
});
const serviceArn = 'arn:aws:ecs:eu-west-1:123456789012:service/main/my-api';

test.each([
  { it: 'a task of the service stopped', event: taskStopped({}), taken: ['ServiceTaskStopped'] },
  { it: 'a task of it that runs', event: taskStopped({ lastStatus: 'RUNNING' }), taken: [] },
  { it: 'a task of another service', event: taskStopped({ group: 'service:other' }), taken: [] },
  { it: 'a task of a family', event: taskStopped({ group: 'family:my-api' }), taken: [] },
  {
    it: 'the service of this name in another cluster',
    event: taskStopped({ clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/other' }),
    taken: [],
  },
  { it: 'a deployment of the service', event: deployment(serviceArn), taken: ['DeploymentChanged'] },
  { it: 'a deployment of another', event: deployment(`${serviceArn}-2`), taken: [] },
  {
    it: 'a hook of the service',
    event: {
      ...deployment('arn:aws:ecs:eu-west-1:123456789012:service-deployment/main/my-api/abc'),
      'detail-type': 'ECS Hook State Change',
      detail: { serviceArn },
    },
    taken: ['HookChanged'],
  },
])('$it: $taken', ({ event, taken }) => {
  const rules = rulesFor({ 'my-api': service('my-api') });

  expect(taking(rules, event)).toEqual(taken);
});

test('an environment elsewhere is listened to where it is', () => {
  const elsewhere = { account: '999999999999', region: 'us-east-1' };
  const environment = {
    ...{ name: 'production', cluster: 'main', service: 'my-api', region: 'us-east-1' },
    roleArn: 'arn:aws:iam::999999999999:role/tidegate',
  };

  const rules = rulesFor({ 'my-api': service('my-api', { environments: [environment] }) });

  const arn = 'arn:aws:ecs:us-east-1:999999999999:service/main/my-api';
  expect(taking(rules, deployment(arn, elsewhere))).toEqual(['DeploymentChanged']);
  expect(taking(rules, deployment(serviceArn))).toEqual([]);
});

test('what is too long for a rule of EventBridge is several, and none of a thousand services is left out', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `service-${index}`);

  const rules = rulesFor(Object.fromEntries(names.map((name) => [name, service(name)])));

  const lengths = Object.values(rules).map(({ pattern }) => JSON.stringify(pattern).length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(2048);
  // The quota of a bus is 300.
  expect(lengths.length).toBeLessThan(300);
  for (const name of ['service-0', 'service-499', 'service-999']) {
    expect(taking(rules, push({ 'repository-name': name }))).toHaveLength(1);
    expect(taking(rules, taskStopped({ group: `service:${name}` }))).toHaveLength(1);
    expect(taking(rules, deployment(`arn:aws:ecs:eu-west-1:123456789012:service/main/${name}`))).toHaveLength(
      1,
    );
  }
});

test('only executions of the own state machine that ended badly are cleaned up after', () => {
  const rules = rulesFor({ 'my-api': service('my-api') });
  const ended = (stateMachine: string, status: string) => ({
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    detail: {
      stateMachineArn: `arn:aws:states:eu-west-1:123456789012:stateMachine:${stateMachine}`,
      status,
    },
  });

  expect(taking(rules, ended('deploy', 'ABORTED'))).toEqual(['ExecutionEnded']);
  expect(taking(rules, ended('deploy', 'SUCCEEDED'))).toEqual([]);
  expect(taking(rules, ended('other', 'ABORTED'))).toEqual([]);
});
