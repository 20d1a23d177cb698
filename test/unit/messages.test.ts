import { expect, test } from 'vitest';
import { approvalMessage, decidedMessage } from '../../core/approval/message.ts';
import { noRules } from '../../core/approval/rules.ts';
import type { Release } from '../../core/release.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const hostile = '<!channel> & <https://evil.example|click>';

test('a request for approval has two buttons that carry the approval id, never a task token', () => {
  const release = {
    service: 'my-api',
    environment: 'production',
    tag: 'v1',
    digest,
    commit: { author: hostile, compareUrl: 'https://github.com/a/b/compare/1...2' },
  } as unknown as Release;
  const scan = { status: 'pass', summary: 'clean', findings: [], waived: [] } as const;
  const message = approvalMessage({
    approvalId: 'the-approval',
    release,
    scan: { ...scan, findings: [], waived: [], signedBy: 'CI' },
    rules: noRules,
    now: 0,
    expiresAt: 0,
    link: undefined,
  });
  const actions = message.blocks.find(({ type }) => type === 'actions');

  expect(JSON.stringify(actions).match(/"value":"the-approval"/g)).toHaveLength(2);
  expect(JSON.stringify(message)).not.toContain('<!channel>');
  expect(JSON.stringify(message)).toContain('report signed by CI');
});

test('a request in the middle of a deployment says where ECS is, what was found, and keeps its place when it is answered', () => {
  const release = {
    ...{ service: 'my-api', environment: 'production', tag: 'v1', digest },
    ...{ commit: {}, settings: { smokeTests: true, analysis: true } },
  } as unknown as Release;
  const pause = {
    ...{ service: 'my-api', serviceDeploymentArn: 'arn', hookId: 'ecs-pause-1' },
    ...{ stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', percent: 10 },
  };
  const message = approvalMessage({
    ...{ approvalId: 'v1.pause-2', release, rules: noRules, now: 0, expiresAt: 0, link: undefined },
    scan: { status: 'pass', summary: 'clean', findings: [], waived: [] },
    paused: { pause, otherwise: 'It is taken back.', found: [hostile, 'x'.repeat(5000)] },
  });
  const text = JSON.stringify(message);

  expect(message.text).toBe('✋ my-api v1: paused at 10 %, waits for approval (production)');
  expect(text).toContain('paused at PRE_PRODUCTION_TRAFFIC_SHIFT, with 10 % of the users');
  expect(text).toContain('&lt;!channel&gt;');
  expect(text).not.toContain('x'.repeat(400));
  expect(decidedMessage(message, { decision: 'approved', by: 'slack:U1' }).text).toBe(
    '✋ my-api v1: approved (production)',
  );
});

test('of several services the request names the one that is paused, and where nothing was found so far it says that', () => {
  const release = {
    ...{ service: 'my-api', environment: 'production', tag: 'v1', digest, others: [{}] },
    ...{ commit: {}, settings: { smokeTests: true, analysis: false } },
  } as unknown as Release;
  const pause = { service: 'my-worker', serviceDeploymentArn: 'arn', hookId: 'ecs-pause-1', percent: 0 };
  const message = approvalMessage({
    ...{ approvalId: 'v1.pause-2', release, rules: noRules, now: 0, expiresAt: 0, link: undefined },
    scan: { status: 'pass', summary: 'clean', findings: [], waived: [] },
    paused: { pause, otherwise: 'It is taken back.', found: [] },
  });

  expect(message.text).toBe(
    '✋ my-api v1: my-worker is paused before it has users, waits for approval (production)',
  );
  expect(JSON.stringify(message)).toContain('*my-worker is paused with 0 %');
  expect(JSON.stringify(message)).toContain('• nothing yet');
  expect(decidedMessage(message, { decision: 'approved', by: 'slack:U1' }).text).toBe(
    '✋ my-api v1: my-worker approved (production)',
  );
});
