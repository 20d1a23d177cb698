/** What others are told of approvals, and that nothing secret is in it. */
import { expect, test } from 'vitest';
import { approvalEventOf, approvalEventSchemas, attemptEventOf } from '../../core/approval/event.ts';
import { noRules, rulesFrom, versionOf } from '../../core/approval/rules.ts';

const digest = `sha256:${'4f'.repeat(32)}`;
const subject = { service: 'my-api', environment: 'production', tag: 'v1.4.2', digest };
const approvalId = 'my-api-production-v1.4.2-0a1b2c3d';
const secret = 'the task token';
const opened = {
  ...{ approvalId, execution: `arn:aws:states:eu-west-1:123456789012:execution:deploy:${approvalId}` },
  ...{ taskToken: secret, subject, openedAt: 1000, expiresAt: 2000, decisions: [], rules: noRules },
};
const counted = {
  ...{ action: 'approve' as const, actor: 'slack:U0ADA', door: 'slack', at: 1500 },
  ...{ authenticated: 'signed by Slack', slackGroups: ['S0SECRET'] },
};

test('an approval that is opened is told once, with what it takes', () => {
  const asked = approvalEventOf({ before: undefined, after: opened, at: 1100 });

  expect(asked).toEqual({
    type: 'Approval Asked',
    detail: {
      ...{ version: 1, id: `${approvalId}/Asked`, approvalId, execution: opened.execution, release: subject },
      ...{ at: 1000, expiresAt: 2000, rules: versionOf(noRules), needs: '1 more approval is needed' },
    },
  });
  expect(
    approvalEventOf({ before: opened, after: { ...opened, expiresAt: 2000 }, at: 1200 }),
  ).toBeUndefined();
});

test('one that a gate holds says why, and that it takes two to break the glass', () => {
  const held = { ...opened, held: 'CVE-2026-1 is critical' };

  expect(approvalEventOf({ before: undefined, after: held, at: 1100 })?.detail).toMatchObject({
    held: 'CVE-2026-1 is critical',
    needs: 'two people have to break the glass, each with a reason',
  });
});

test.each([
  { it: 'one more approval, while others are needed', before: opened, answer: undefined, type: undefined },
  {
    it: 'the decision',
    before: opened,
    answer: { decision: 'approved' as const, by: 'slack:U0ADA' },
    type: 'Approval Decided',
  },
  {
    it: 'that it has expired',
    before: opened,
    answer: { decision: 'expired' as const, by: 'nobody', reason: 'nobody answered within 1 h' },
    type: 'Approval Decided',
  },
  {
    it: 'another task token of what was decided',
    before: { ...opened, answer: { decision: 'approved' as const, by: 'x' } },
    answer: { decision: 'approved' as const, by: 'x' },
    type: undefined,
  },
])('of $it others hear $type', ({ before, answer, type }) => {
  const after = { ...opened, decisions: [counted], answer };

  expect(approvalEventOf({ before, after, at: 1600 })?.type).toBe(type);
});

test('a decision says who it was, by which door, and what proved it, and keeps to its schema', () => {
  const answer = { decision: 'approved' as const, by: 'slack:U0ADA', reason: 'looks good' };
  const decided = approvalEventOf({
    ...{ before: opened, after: { ...opened, decisions: [counted], answer }, at: 1600 },
  });

  expect(decided?.detail).toMatchObject({
    ...{ id: `${approvalId}/Decided`, at: 1600, ...answer },
    decisions: [{ actor: 'slack:U0ADA', door: 'slack', authenticated: 'signed by Slack', at: 1500 }],
  });
  expect(approvalEventSchemas['Approval Decided'].safeParse(decided?.detail).error).toBeUndefined();
  expect(JSON.stringify(decided)).not.toContain(secret);
  expect(JSON.stringify(decided)).not.toContain('S0SECRET');
});

test.each([
  { verdict: 'accepted', told: { verdict: 'accepted' } },
  { verdict: 'refused: not allowed', told: { verdict: 'refused', why: 'not allowed' } },
  {
    verdict: 'accepted: it is not to wait for its scan',
    told: { verdict: 'accepted', why: 'it is not to wait for its scan' },
  },
])('an attempt that was $verdict is told as it was judged', ({ verdict, told }) => {
  const attempt = {
    ...{ approvalId, ...subject, index: 2, at: 1500, actor: 'slack:U0ADA', action: 'break glass' },
    ...{ door: 'slack', authenticated: 'signed by Slack', verdict, rules: versionOf(rulesFrom({}, {})) },
  };

  const event = attemptEventOf(attempt);

  expect(event?.detail).toMatchObject({ id: `${approvalId}/Attempt 3`, release: subject, ...told });
  expect(approvalEventSchemas['Approval Attempted'].safeParse(event?.detail).error).toBeUndefined();
  // What an earlier version kept says too little.
  expect(attemptEventOf({ ...attempt, service: undefined })).toBeUndefined();
});
