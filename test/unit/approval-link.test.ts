/** Links to decide by: who gets one, whose it is, what it lets them do, and what mail and page say. */
import { expect, test } from 'vitest';
import { type Action, decide } from '../../core/approval/decide.ts';
import {
  due,
  hashOf,
  holder,
  holderIn,
  isBearer,
  type Links,
  ownerOf,
  sending,
  sent,
} from '../../core/approval/link.ts';
import { approvalMail } from '../../core/approval/mail.ts';
import { approvalPage, pageHeaders, unknownPage } from '../../core/approval/page.ts';
import { type People, peopleSchema } from '../../core/approval/person.ts';
import { approvalPolicySchema, rulesFrom } from '../../core/approval/rules.ts';
import { keptPlan, shownApproval } from '../../core/approval/shown.ts';
import { defineConfig } from '../../core/config.ts';

const people: People = peopleSchema.parse({
  ada: { slack: 'U0ADA', email: 'ada@example.com', author: ['ada@example.com'] },
  bob: { principals: ['arn:aws:iam::123456789012:user/bob'], email: 'bob@example.com' },
  chen: { slack: 'U0CHEN' },
});
const rules = (policy: object = {}) =>
  rulesFrom({ approval: approvalPolicySchema.parse({ links: { to: ['ada', 'bob'] }, ...policy }) }, people);
const token = 'a'.repeat(43);
const link = (more: Partial<Links[string]> = {}) => ({ address: 'x@example.com', hashes: [], ...more });
const pending = (more: object = {}) => ({
  ...{
    openedAt: 0,
    expiresAt: 10_000,
    decisions: [],
    links: { ada: link({ hashes: [hashOf(token)] }), bob: link() },
  },
  ...more,
});

test.each([
  { it: 'everybody at first', links: {}, names: ['ada', 'bob'] },
  { it: 'nobody who has got one', links: { ada: link({ sentAt: 1 }) }, names: ['bob'] },
  { it: 'nobody to whom one is being sent', links: { ada: link({ heldUntil: 101 }) }, names: ['bob'] },
  {
    it: 'who was left by a sender that never came back',
    links: { ada: link({ heldUntil: 100 }) },
    names: ['ada', 'bob'],
  },
  { it: 'nobody where a gate holds it', links: {}, names: [], held: 'CVE-2026-1' },
  { it: 'nobody when it is over', links: {}, names: [], expiresAt: 100 },
])('links are due to $it', ({ links, names, held, expiresAt = 1000 }) => {
  expect(due({ rules: rules(), expiresAt, links, held }, 100).map(([name]) => name)).toEqual(names);
});

test('what is being sent is known before it arrives, and is sent again only where it was not taken', () => {
  const fresh = new Map([
    ['ada', { address: 'ada@example.com', hash: 'h1' }],
    ['bob', { address: 'bob@example.com', hash: 'h2' }],
  ]);
  const during = sending({}, fresh, 100);
  const after = sent(during, ['ada', 'bob'], ['ada'], 200);

  expect(during.ada).toEqual({ address: 'ada@example.com', hashes: ['h1'], heldUntil: 60_100 });
  expect(after).toEqual({
    ada: { address: 'ada@example.com', hashes: ['h1'], sentAt: 200 },
    bob: { address: 'bob@example.com', hashes: ['h2'] },
  });
  // Nobody knows which of several mails arrived: the last three count.
  const again = ['h3', 'h4', 'h5'].reduce<Links>(
    (links, hash) => sending(links, new Map([['bob', { address: 'bob@example.com', hash }]]), 300),
    after,
  );
  expect(again.bob?.hashes).toEqual(['h3', 'h4', 'h5']);
});

test('a link is its owner’s whatever else there is, and only whole', () => {
  const links = {
    ada: link({ hashes: ['', hashOf('b'.repeat(43))] }),
    bob: link({ hashes: [hashOf(token)] }),
  };

  expect(ownerOf(links, token)).toBe('bob');
  expect(ownerOf(links, 'c'.repeat(43))).toBeUndefined();
  expect(ownerOf({}, token)).toBeUndefined();
  expect(['', 'a'.repeat(42), `${'a'.repeat(42)}+`, token].map(isBearer)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

const by = (person: string, action: Action = 'approve', more: object = {}) => ({
  ...{ actor: { id: holder(person) }, action, door: 'link' },
  ...more,
});

test.each([
  { it: 'decides where one is enough', attempt: by('ada'), verdict: 'decided' },
  { it: 'counts where two are needed', attempt: by('ada'), policy: { approvals: 2 }, verdict: 'accepted' },
  { it: 'rejects with a reason', attempt: by('ada', 'reject', { reason: 'no' }), verdict: 'decided' },
  { it: 'does not reject without one', attempt: by('ada', 'reject'), verdict: 'no reason' },
  {
    it: 'does nothing a second time',
    attempt: by('ada'),
    approval: { links: { ada: link({ usedAt: 1 }) } },
    verdict: 'used link',
  },
  {
    it: 'does nothing where it was never sent',
    attempt: by('ada'),
    approval: { links: {} },
    verdict: 'used link',
  },
  {
    it: 'does not break the glass',
    attempt: by('ada', 'break glass', { reason: 'it burns' }),
    glass: true,
    verdict: 'no glass',
  },
  {
    it: 'does not approve its owner’s own commit',
    attempt: by('ada'),
    policy: { selfApproval: 'deny', authorTrust: 'label' },
    approval: { author: 'Ada <ada@example.com>' },
    verdict: 'own commit',
  },
  {
    it: 'does not count beside its owner in Slack',
    attempt: by('ada'),
    policy: { approvals: 2 },
    approval: { decisions: [{ action: 'approve' as const, actor: 'slack:U0ADA', door: 'slack', at: 1 }] },
    verdict: 'same person',
  },
  {
    it: 'does not count beside somebody in Slack who may be its owner',
    attempt: by('bob'),
    policy: { approvals: 2 },
    approval: { decisions: [{ action: 'approve' as const, actor: 'slack:U0WHO', door: 'slack', at: 1 }] },
    verdict: 'same person',
  },
  {
    it: 'is as good as its owner’s Slack user',
    attempt: by('ada'),
    policy: { who: { slackUsers: ['U0ADA'] } },
    verdict: 'decided',
  },
  {
    it: 'is as good as its owner’s IAM user',
    attempt: by('bob'),
    policy: { who: { principals: ['arn:aws:iam::123456789012:user/*'] } },
    verdict: 'decided',
  },
  {
    it: 'is not as good as another’s',
    attempt: by('bob'),
    policy: { who: { principals: ['arn:aws:iam::123456789012:user/ada'] } },
    verdict: 'not allowed',
  },
])('a link $it', ({ attempt, policy, approval, glass, verdict }) => {
  const breakGlass = { who: { slackUsers: ['U0ADA'], slackGroups: [], principals: [] } };
  const judged = decide(pending(approval), { ...rules(policy), ...(glass && { breakGlass }) }, attempt, 100);

  expect(judged.verdict === 'refused' ? judged.why : judged.verdict).toBe(verdict);
  if (judged.verdict !== 'refused')
    expect(judged.links?.[holderIn(attempt.actor.id) ?? '']?.usedAt).toBe(100);
});

const subject = {
  service: 'my-api',
  environment: 'production',
  tag: 'v1.4.2',
  digest: `sha256:${'4f'.repeat(32)}`,
};
const opened = (more: object = {}) => ({
  ...{ approvalId: 'my-api-production-v1.4.2-0a1b2c3d', execution: 'arn:x', subject, rules: rules() },
  ...{ openedAt: 0, expiresAt: 10_000, decisions: [] },
  ...more,
});

test('a mail has the link on a line of its own, and nothing in it that a builder may write but the tag', () => {
  const { approvalId } = opened();
  const url = `https://page.example/a/${approvalId}?t=${token}`;
  const mail = approvalMail({ approvalId, subject, expiresAt: Date.UTC(2026, 10, 27, 16, 5) }, url);

  expect(mail.subject).toBe('my-api v1.4.2 waits for approval (production)');
  expect(mail.text.split('\n')).toContain(url);
  expect(mail.text).toContain('until   27 November 2026, 16:05 UTC');
  expect(mail.text).toContain('To look at the page decides nothing.');
});

test('of a deployment that ECS has paused, mail and page say that it has begun, and which service it is', () => {
  const pause = {
    ...{ service: 'my-worker', serviceDeploymentArn: 'arn', hookId: 'ecs-pause-1', percent: 20 },
    stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  };
  const mail = approvalMail(
    { approvalId: 'x.pause-1', subject, expiresAt: 0, pause },
    'https://page.example',
  );
  const shown = shownApproval(opened({ pause }), { release: undefined, scan: undefined }, 0);

  expect(mail.text).toContain(
    "my-api v1.4.2 is being deployed to production, and waits for people to let it go on: ECS has my-worker paused at PRE_PRODUCTION_TRAFFIC_SHIFT, with 20 % of the users' requests on the new version.",
  );
  expect(approvalPage(shown, { open: true, person: 'ada' }, 0)).toContain('being deployed to production');
});

test('the page shows strangers’ texts as texts, and only so much of them', () => {
  const hostile = '<script>alert(1)</script>"\u202Egnp.exe';
  const shown = shownApproval(
    opened({
      author: hostile,
      plan: keptPlan({
        changes: Array.from({ length: 30 }, () => ({ path: hostile, before: 'x'.repeat(9999), after: '' })),
        wayBack: 'my-api:1',
      }),
      decisions: [{ action: 'approve', actor: 'slack:U0CHEN', door: 'slack', at: 1, reason: hostile }],
    }),
    { release: undefined, scan: { summary: hostile, waived: [] } },
    0,
  );
  const page = approvalPage(shown, { open: true, person: 'ada', says: hostile, reason: '</textarea><b>' }, 0);

  expect(page).not.toContain('<script');
  expect(page).not.toContain('</textarea><b>');
  expect(page).not.toContain('\u202E');
  expect(page).toContain('and 10 more');
  expect(page.length).toBeLessThan(40_000);
});

test('what a page may do is said in its headers: nothing but show itself and send its form', () => {
  const policy = pageHeaders['content-security-policy'] ?? '';

  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|script-src|\*/);
  expect(pageHeaders).toMatchObject({
    ...{ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' },
  });
  expect(unknownPage()).not.toMatch(/<script|<form|https?:/);
});

const config =
  (approval: object, more: object = {}) =>
  () =>
    defineConfig({
      ...{ people: { ada: { slack: 'U0ADA', email: 'ada@example.com' }, chen: { slack: 'U0CHEN' } } },
      mail: { from: 'deploys@example.com' },
      services: {
        'my-api': {
          ...{ repository: 'my-api', container: 'app' },
          environments: [{ name: 'production', cluster: 'main', service: 'my-api', approval }],
        },
      },
      ...more,
    } as Parameters<typeof defineConfig>[0]);

test.each([
  { it: 'nobody in people', approval: { links: { to: ['eve'] } }, says: 'eve is not in people' },
  {
    it: 'somebody without an address',
    approval: { links: { to: ['chen'] } },
    says: 'chen has no email in people',
  },
  {
    it: 'somebody who may not approve',
    approval: { links: { to: ['ada'] }, who: { slackUsers: ['U0CHEN'] } },
    says: 'ada is not among who may approve here',
  },
  { it: 'somebody twice', approval: { links: { to: ['ada', 'ada'] } }, says: 'names somebody twice' },
  {
    it: 'somebody by no address',
    approval: { links: { to: ['ada'] } },
    more: { mail: undefined },
    says: 'needs mail.from',
  },
  {
    it: 'two people at one address',
    approval: { links: { to: ['ada'] } },
    more: { people: { ada: { email: 'ops@example.com' }, bob: { email: 'OPS@example.com' } } },
    says: 'ops@example.com is ada already',
  },
])('links to $it are a mistake', ({ approval, more, says }) => {
  expect(config(approval, more)).toThrow(says);
});

test('links need no Slack, and whom Slack may know is not refused', () => {
  expect(config({ links: { to: ['ada'] } })).not.toThrow();
  expect(config({ links: { to: ['ada'] }, who: { slackGroups: ['S0TEAM'] } })).not.toThrow();
});
