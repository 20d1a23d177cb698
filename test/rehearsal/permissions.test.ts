/** The functions' policies, which the local world enforces in every rehearsal: what they allow, somebody needs. */
import { expect, test } from 'vitest';
import { approvalDoor } from '../../aws/approval-door.ts';
import { openAws } from '../../aws/open.ts';
import { needs } from '../../core/access/needs.ts';
import { goBack, openFor } from '../../functions/go-back.ts';
import type { Wanted } from '../../local/iam/evaluate.ts';
import { broken, fault, refused } from '../support/fault.ts';
import { production, rehearsal } from '../support/rehearsal.ts';
import { rollBack, withButton } from '../support/roll-back-by-slack.ts';
import { blueGreen, shifting } from '../support/shifting.ts';
import { settle } from '../support/virtual-world.ts';

/** As `UpdateItem release` and `ecs:UpdateService`. */
const granted = (name: string) => [
  ...new Set(needs[name]?.actions.map((action) => action.split(' ')[0])),
  ...Object.entries(needs[name]?.items ?? {}).flatMap(([action, kinds]) =>
    kinds.map((kind) => `${action} ${kind}`),
  ),
];

function usedBy({ action, context }: Wanted): string[] {
  const keys = context?.['dynamodb:LeadingKeys'];
  if (!keys) return [action];
  return keys.map((key) => `${action.slice('dynamodb:'.length)} ${key.split(' ')[0]}`);
}

const used = new Map(Object.keys(needs).map((name) => [name, new Set<string>()]));
const denied = new Set<string>();
const onPermission = (name: string, wanted: Wanted, allowed: boolean) => {
  for (const use of usedBy(wanted)) used.get(name)?.add(use);
  if (!allowed) denied.add(`${name}: ${wanted.action} on ${wanted.resource}`);
};

const unpinned = 'where the running task definition pins no digest: that of its tasks counts';
const failed = 'where the deployment that it wakes the wait for has failed by then';
const crashed = 'where tasks crash while they are watched, and no metrics are compared';
const elsewhereKept = 'where the evidence is not in the registry: test/rehearsal/evidence-sources.test.ts';
const lines = 'where an analysis counts lines of logs: test/rehearsal/judged-beside.test.ts';
const lost = 'where its first attempt worked and was not answered';
/** What these plays do not come to, and when it is needed. */
const rare: Record<string, Record<string, string>> = {
  ResolveRelease: { 'ecs:ListTasks': unpinned, 'ecs:DescribeTasks': unpinned },
  CheckScan: {
    'ecr:DescribeImageScanFindings': elsewhereKept,
    'inspector2:ListFindings': 'where ECR asks for it in the name of Inspector, which the local one does not',
    's3:GetObject': elsewhereKept,
  },
  AcquireSlot: {
    'ecs:DescribeServiceDeployments': failed,
    'ecs:DescribeServices': failed,
    'ecs:DescribeTaskDefinition': failed,
    'logs:GetLogEvents': failed,
    'GetItem release': 'where the slot was given to it and it was not told',
  },
  RunReleaseTask: { 'ecs:StopTask': 'where it takes longer than its timeout' },
  StartDeployment: { 'ecs:ListServiceDeployments': lost, 'ecs:DescribeServiceRevisions': lost },
  CompareMetrics: {
    'logs:StartQuery': lines,
    'logs:GetQueryResults': lines,
    'logs:StopQuery': 'where Logs Insights takes too long for them',
  },
  ConfirmRelease: { 'ecs:DescribeTaskDefinition': crashed, 'logs:GetLogEvents': crashed },
  RequestContinuation: {
    'ecs:DescribeServices': 'where the deployment fails while it is paused',
    'logs:GetLogEvents': 'then too',
  },
  AwaitRollback: {
    'states:SendTaskSuccess': 'where ECS is done with going back at once',
    'UpdateItem release': 'then too',
    'DeleteItem wait': 'then too',
  },
  'on-rollback': { 'ecs:DescribeServiceDeployments': failed, 'logs:GetLogEvents': failed },
  'mail-approval': { 'BatchGetItem approval': 'where a release ends while people are asked at a pause' },
  Notify: { 'PutItem approval': 'where a release ends while people are asked' },
  'reconcile-pushes': {
    'states:SendTaskSuccess': 'where somebody waits for the slot of a release that ended unseen',
    'ecs:ListTasks': unpinned,
    'ecs:DescribeTasks': unpinned,
    'BatchGetItem approval': 'where a release ended unseen while people were asked at a pause',
    'GetItem approval': 'where a release ended unseen while people were asked',
    'GetItem push': lost,
    'GetItem turn': 'where there are more environments than it looks at in one go',
    'PutItem approval': 'where a release ended unseen while people were asked',
    'PutItem turn': 'then too',
  },
};

const releaseTask = { command: ['node', 'migrate.mjs'] };
const staging = { ...production, name: 'staging', cluster: 'staging' };

const plays: Record<string, () => Promise<void>> = {
  async 'approved and deployed'() {
    const world = await rehearsal({ slack: true, environment: { releaseTask, approval: {} }, onPermission });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(120_000);
    await world.click('approve');
    await world.ended();
  },
  async 'promoted, though its start failed'() {
    const promoting = fault('StartExecution', refused, { saying: 'my-api-production' });
    const world = await rehearsal({
      slack: true,
      service: { environments: [staging, production] },
      around: promoting.around,
      onPermission,
    });
    promoting.begin();
    await world.push('good', 'v1.0.0');
    promoting.end();
    await world.clock.advance(3_600_000);
    await world.ended();
    await world.push('good', 'v1.1.0');
    const back = { service: 'my-api', environment: 'staging', tag: 'v1.0.0', by: 'ada', reason: 'rehearsed' };
    await settle(world.clock, goBack(back, openFor(world.world.surroundings('tidegate-cli'))));
    await world.ended();
  },
  async 'crashing, errors and slow'() {
    const world = await rehearsal({ slack: true, onPermission });
    for (const [index, variant] of (['crash', 'errors', 'slow', 'unhealthy'] as const).entries())
      await world.push(variant, `v1.${index}.0`);
  },
  async 'crashing while it is watched'() {
    const world = await rehearsal({ onPermission });
    await world.pushImage('v1.0.0', {
      config: {
        Entrypoint: ['node', 'server.mjs'],
        WorkingDir: '/app',
        Env: ['PORT=8080', 'CRASH_AFTER_MS=90000'],
      },
    });
    expect((await world.releases())[0]?.reason).toContain('of the new revision failed');
  },
  async 'stopped by hand while another waits'() {
    const world = await rehearsal({ slack: true, onPermission });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    await world.pushOnly('good', 'v1.1.0');
    await world.clock.advance(400_000);
    await world.pushOnly('good', 'v1.2.0');
    await world.clock.advance(60_000);
    const [holder] = (await world.executions()).filter(({ name }) => name.includes('v1.1.0'));
    await world.ask('SFN', 'StopExecution', { executionArn: holder?.executionArn });
    await world.ended();
  },
  async 'tested and measured while traffic is shifted'() {
    const rollout = { strategy: 'BLUE_GREEN', bakeTime: '15m' } as const;
    const smoke = { ...production.smoke, testListener: { url: 'http://my-api.test:9001' } };
    const world = await rehearsal({ environment: { rollout, smoke }, onPermission });
    await world.push('good', 'v1.0.0');
    await world.push('errors', 'v1.1.0');
  },
  async 'asked when ECS pauses, in Slack, from a terminal and by a link'() {
    const world = await shifting(blueGreen, {
      ...{ slack: true, onPermission, mail: { from: 'deploys@example.com' } },
      environment: { approval: { at: 'pause', timeout: '10m', links: { to: ['bob'] } }, analysis: undefined },
      ...{ historySeconds: 600, requestsPerSecond: 0 },
      people: { bob: { email: 'bob@example.com' } },
    });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(120_000);
    await world.click('approve');
    await world.ended();
    await world.pushOnly('good', 'v1.1.0');
    await world.clock.advance(120_000);
    const { approvalDoor: door } = openAws(world.world.surroundings('ada'), { approvalDoor });
    const [release] = await world.executions();
    await settle(world.clock, door.send({ action: 'list' }));
    await settle(world.clock, door.send({ action: 'approve', approvalId: `${release?.name}.pause-1` }));
    await world.clock.advance(120_000);
    // Then nothing proves it, and the way back is a deployment like any other.
    await world.ask('ECS', 'UpdateService', { cluster: 'main', service: 'my-api', desiredCount: 0 });
    await world.ended();
    await world.ask('ECS', 'UpdateService', { cluster: 'main', service: 'my-api', desiredCount: 2 });
    // Nobody decides.
    await world.push('good', 'v1.2.0');
    await world.pushOnly('good', 'v1.3.0');
    await world.clock.advance(120_000);
    const [link = ''] = /http\S+/.exec(world.world.ses.sent().at(-1)?.text ?? '') ?? [];
    const body = new URLSearchParams({ action: 'approve' });
    await settle(world.clock, world.fetch(link, { method: 'POST', body }));
    await world.ended();
    const where = { service: 'my-api', environment: 'production', tag: 'v1.0.0' };
    const back = { ...where, by: 'ada', reason: 'rehearsed' };
    await settle(world.clock, goBack(back, openFor(world.world.surroundings('tidegate-cli'))));
    await world.ended();
    expect(await world.outcomes()).toEqual([
      ...['v1.0.0 Deployed', 'v1.1.0 RolledBack', 'v1.2.0 RolledBack', 'v1.3.0 Deployed'],
      'v1.0.0 Deployed',
    ]);
  },
  async 'without a signed report'() {
    const signedBy = [{ name: 'CI', key: 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd' }];
    const world = await rehearsal({ environment: { scan: { signedBy } }, onPermission });
    expect((await world.push('good', 'v1.0.0')).outcome).toBe('Rejected');
  },
  async 'watched by an alarm'() {
    const analysis = { ...production.analysis, alarms: ['my-api-5xx'] };
    const world = await rehearsal({ environment: { analysis }, onPermission });
    const alarms = { alarmNames: ['my-api-5xx'], enable: true, rollback: true };
    const service = { cluster: 'main', service: 'my-api' };
    await world.ask('ECS', 'UpdateService', { ...service, deploymentConfiguration: { alarms } });
    await world.push('good', 'v1.0.0');
  },
  async 'approved, though that reached nobody'() {
    const answers = fault('SendTaskSuccess', broken);
    const world = await rehearsal({
      slack: true,
      environment: { approval: {} },
      around: answers.around,
      onPermission,
    });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    answers.begin();
    await world.click('approve');
    answers.end();
    await world.ended();
  },
  async 'stopped by hand while people are asked, or before'() {
    const who = { slackUsers: ['U0ADA'], principals: ['arn:aws:iam::123456789012:user/ada'] };
    const environment = { approval: {}, breakGlass: { who } };
    const world = await rehearsal({ slack: true, environment, onPermission });
    await world.pushOnly('good', 'v1.0.0', 'none');
    await world.clock.advance(60_000);
    const { approvalDoor: door } = openAws(world.world.surroundings('ada'), { approvalDoor });
    const [release] = await world.executions();
    const command = { action: 'break glass', approvalId: release?.name, reason: 'no scanner today' };
    await settle(world.clock, door.send(command));
    await world.clock.advance(60_000);
    await world.stop();
    await world.ended();
  },
  async 'approved from a terminal, and by a link'() {
    const world = await rehearsal({
      ...{ slack: true, onPermission, mail: { from: 'deploys@example.com' } },
      environment: { approval: { approvals: 2, links: { to: ['bob'] } } },
      people: {
        ada: { principals: ['arn:aws:iam::123456789012:user/ada'] },
        bob: { email: 'bob@example.com' },
      },
    });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    const { approvalDoor: door } = openAws(world.world.surroundings('ada'), { approvalDoor });
    const [release] = await world.executions();
    const approvalId = String(release?.name);
    await settle(world.clock, door.send({ action: 'list' }));
    await settle(world.clock, door.send({ action: 'approve', approvalId }));
    const [link = ''] = /http\S+/.exec(world.world.ses.sent()[0]?.text ?? '') ?? [];
    const body = new URLSearchParams({ action: 'approve' });
    await settle(world.clock, world.fetch(link, { method: 'POST', body }));
    // Whoever comes later passes the decision on.
    await settle(world.clock, door.send({ action: 'approve', approvalId }));
    await world.ended();
  },
  async 'rolled back by Slack, and stopped by it'() {
    const environment = { rollback: { who: { slackUsers: ['U0ADA'] } } };
    const world = await rehearsal({ slack: true, environment, onPermission });
    await world.push('good', 'v1.0.0');
    await world.push('good', 'v1.1.0');
    await rollBack(world, 'U0ADA');
    await world.ended();
    await world.pushOnly('crash', 'v1.2.0');
    await world.clock.until(() => withButton(world).some(({ text }) => text.includes('v1.2.0')), 600_000);
    await rollBack(world, 'U0ADA', 'v1.2.0');
    await world.ended();
  },
  async 'without events'() {
    const world = await rehearsal({ slack: true, lose: 'aws.ecr', fresh: true, onPermission });
    await world.clock.advance(16 * 60_000);
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(3_600_000);
  },
  async 'stopped by hand, unseen'() {
    const scan = { grace: { CRITICAL: '1d' } };
    const world = await rehearsal({ slack: true, lose: 'aws.states', service: { scan }, onPermission });
    await world.pushOnly('vulnerable', 'v1.0.0');
    await world.clock.advance(120_000);
    await world.stop();
    await world.clock.advance(3_600_000);
  },
};

test.each(Object.entries(plays))('nothing is denied: %s', async (_name, play) => {
  denied.clear();

  await play();

  expect([...denied]).toEqual([]);
});

test.each(Object.keys(needs))('%s uses everything it may do', (name) => {
  const spare = granted(name).filter((permission) => !used.get(name)?.has(String(permission)));

  expect(spare).toEqual(Object.keys(rare[name] ?? {}));
});
