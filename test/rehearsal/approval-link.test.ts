/** Approval by a link in a mail: to look decides nothing, its form decides once, and nothing but the link lets anybody in. */
import { expect, test } from 'vitest';
import { audit as auditOf } from '../../aws/audit.ts';
import { openAws } from '../../aws/open.ts';
import { mailApproval } from '../../functions/events/mail-approval.ts';
import type { Ses } from '../../local/ses/ses.ts';
import { type RehearsalOptions, rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

const people = {
  ada: { slack: 'U0ADA', email: 'ada@example.com' },
  bob: { email: 'bob@example.com' },
};
const asked = {
  ...{ people, mail: { from: 'deploys@example.com' } },
  environment: { approval: { timeout: '2h', approvals: 2, links: { to: ['ada', 'bob'] } } },
} satisfies RehearsalOptions;

/** A release that waits, and what has been mailed. */
async function asking(options: RehearsalOptions = {}, before: (ses: Ses) => void = () => {}) {
  const world = await rehearsal({ ...asked, ...options });
  before(world.world.ses);
  await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(60_000);
  const { ses } = world.world;
  const linkOf = (address: string) => {
    const mail = ses.sent().findLast(({ to }) => to.includes(address));
    return /https?:\/\/\S+/.exec(mail?.text ?? '')?.[0] ?? 'nothing was mailed';
  };
  async function open(url: string, init: RequestInit = {}) {
    const asking = world.fetch(url, init);
    await settle(world.clock, asking);
    const answer = await asking;
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }
  const decide = (url: string, form: Record<string, string>) =>
    open(url, { method: 'POST', body: new URLSearchParams(form) });
  const audit = async () => {
    const [release] = await world.executions();
    const entries = openAws(world.world.surroundings('tests'), { audit: auditOf }).audit.of(
      String(release?.name),
    );
    await settle(world.clock, entries);
    return entries;
  };
  return { ...world, ses, linkOf, open, decide, audit };
}

test('two people decide by their links, each once, whoever looked at them before', async () => {
  const { ses, linkOf, open, decide, audit, ...world } = await asking();
  expect(ses.sent().map(({ from, to }) => [from, ...to])).toEqual([
    ['deploys@example.com', 'ada@example.com'],
    ['deploys@example.com', 'bob@example.com'],
  ]);
  const [ada, bob] = [linkOf('ada@example.com'), linkOf('bob@example.com')];

  // A scanner of mail looks at everything, twice.
  const page = await open(ada);
  await open(ada, { method: 'HEAD' });
  await open(ada);
  expect(page.status).toBe(200);
  for (const text of [
    'my-api v1.0.0',
    'to be deployed to production',
    'no CRITICAL with a fix among 1 vulnerability',
    '2 more approvals are needed',
  ])
    expect(page.text).toContain(text);
  expect(page.text).toContain('What changes');
  expect(page.text).not.toContain(new URL(ada).searchParams.get('t'));
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await audit()).toEqual([]);

  const first = await decide(ada, { action: 'approve', reason: 'looks good' });
  expect(first).toMatchObject({ status: 200 });
  expect(first.text).toContain('Counted. 1 more approval is needed.');
  const again = await decide(ada, { action: 'approve' });
  expect(again.status).toBe(409);
  expect(again.text).toContain('This link has been used');
  expect(world.count('UpdateService')).toBe(0);

  expect((await decide(bob, { action: 'reject' })).text).toContain('Say why: a reason is needed for this.');
  const last = await decide(bob, { action: 'approve' });
  expect(last.text).toContain('Approved. The release goes on.');
  expect((await decide(bob, { action: 'reject', reason: 'no' })).text).toContain(
    'This was already approved, by ada (by a link) and bob (by a link).',
  );
  await world.ended();

  const [release] = await world.releases();
  expect(release?.outcome).toBe('Deployed');
  expect(release?.record.steps.RequestApproval).toMatchObject({ by: 'link:ada and link:bob' });
  expect((await open(ada)).text).not.toContain('<form');
  expect(
    (await audit()).map(({ actor, door, authenticated, verdict }) => [actor, door, authenticated, verdict]),
  ).toEqual([
    ['link:ada', 'link', 'link sent to ada@example.com', 'accepted'],
    ['link:ada', 'link', 'link sent to ada@example.com', 'refused: used link'],
    ['link:bob', 'link', 'link sent to bob@example.com', 'refused: no reason'],
    ['link:bob', 'link', 'link sent to bob@example.com', 'decided'],
    ['link:bob', 'link', 'link sent to bob@example.com', 'refused: decided'],
  ]);
  // Nothing that would decide is kept anywhere that is read.
  const secret = new URL(ada).searchParams.get('t') ?? '';
  expect(secret).toHaveLength(43);
  expect(JSON.stringify(world.calls)).not.toContain(secret);
});

test('whoever has no link of this approval is told nothing, and one person does not count twice', async () => {
  const { ses, linkOf, open, decide, audit, ...world } = await asking({ slack: true });
  const ada = linkOf('ada@example.com');
  const answers = [];
  for (const url of [
    ada.replace(/.{3}$/, 'AAA'),
    ada.replace(/t=.*/, ''),
    ada.replace('/a/my-api', '/a/your-api'),
    `${ada.slice(0, ada.indexOf('?'))}/../../x?t=1`,
  ])
    answers.push(await decide(url, { action: 'approve' }), await open(url));

  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(answers[0]?.status).toBe(404);
  expect(await audit()).toEqual([]);
  expect((await open(ada, { method: 'DELETE' })).status).toBe(405);
  expect((await decide(ada, { action: 'break glass', reason: 'x' })).status).toBe(400);

  await world.click('approve', '', { by: 'U0ADA' });
  const twice = await decide(ada, { action: 'approve' });
  expect(twice.text).toContain('You have done so already, as U0ADA in Slack');
  // That used up nothing: who has approved may think better of it.
  const late = await decide(ada, { action: 'reject', reason: 'I was wrong' });
  expect(late.text).toContain('Rejected. Nothing is deployed.');
  await world.ended();
  expect((await world.releases())[0]?.outcome).toBe('Rejected');
  expect(JSON.stringify(world.world.slack.messages())).toContain('Rejected by link:ada: I was wrong');
});

test('mail that SES does not take holds up nobody else, is sent when it does, and leads nowhere after the end', async () => {
  const inSandbox = (ses: Ses) => {
    ses.sandbox = true;
    ses.verified = new Set(['deploys@example.com', 'ada@example.com']);
  };
  const { ses, linkOf, open, decide, ...world } = await asking({}, inSandbox);
  const sentTo = () => ses.sent().flatMap(({ to }) => to);
  await world.clock.advance(30 * 60_000);
  expect(sentTo()).toEqual(['ada@example.com']);
  expect(world.deadLetters.map(({ function: name, error }) => [name, error])).toContainEqual([
    'mail-approval',
    expect.stringContaining('MessageRejected: Email address is not verified'),
  ]);

  ses.sandbox = false;
  // Who would be stopped before it has kept what it sent sends nothing.
  const told = world.calls.findLast(({ input }) => JSON.stringify(input).includes('Approval Asked'));
  const [entry] = (told?.input.Entries ?? []) as { DetailType: string; Detail: string }[];
  const event = { 'detail-type': entry?.DetailType, detail: JSON.parse(String(entry?.Detail)) };
  const opened = openAws(world.world.surroundings('mail-approval'), mailApproval.uses);
  const hurried = mailApproval.run(event, opened, () => 9000).catch((error: Error) => error.message);
  await settle(world.clock, hurried);
  expect(await hurried).toBe('no time is left to send bob a link');
  expect(sentTo()).toEqual(['ada@example.com']);

  await world.clock.advance(30 * 60_000);
  expect(sentTo()).toEqual(['ada@example.com', 'bob@example.com']);
  expect((await open(linkOf('bob@example.com'))).text).toContain('<form');

  await world.stop();
  await world.ended();
  expect((await open(linkOf('bob@example.com'))).text).not.toContain('<form');
  expect((await decide(linkOf('ada@example.com'), { action: 'approve' })).text).toContain('has expired');
});
