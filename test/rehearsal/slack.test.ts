/** What people read of a release in Slack as it goes on, and that no release minds what Slack does. */
import { describe, expect, test } from 'vitest';
import { type RehearsalOptions, rehearsal } from '../support/rehearsal.ts';

type World = Awaited<ReturnType<typeof rehearsal>>;

/** Lets time pass until everything has ended and was told. Answers what each release's own message said, one after the other. */
async function watch(world: World): Promise<string[]> {
  const said: string[] = [];
  const shown = new Map<string, string>();
  let left = 30;
  while (left > 0) {
    await world.clock.advance(1000);
    for (const { ts, threadTs, blocks } of world.world.slack.messages()) {
      const [first] = blocks;
      const headline = first?.type === 'header' ? first.text.text : '';
      if (threadTs !== undefined || !headline || shown.get(ts) === headline) continue;
      shown.set(ts, headline);
      said.push(headline);
    }
    const executions = await world.executions();
    left = executions.some(({ status }) => status === 'RUNNING') ? 30 : left - 1;
  }
  return said;
}

const roots = ({ world }: World) => world.slack.messages().filter(({ threadTs }) => threadTs === undefined);
const broadcasts = ({ world }: World) =>
  world.slack.messages().flatMap(({ broadcast, text }) => (broadcast ? text : []));

describe('one message grows with its release', () => {
  test('that is good', async () => {
    const world = await rehearsal({ slack: true });
    await world.pushOnly('good', 'v1.0.0');

    const said = await watch(world);

    expect(said.map((headline) => headline.replace('my-api v1.0.0: ', ''))).toEqual([
      'waits for its scan (production)',
      'is being deployed (production)',
      // Endpoints that answer at once are passed over.
      'is being compared (production)',
      '✅ deployed (production)',
    ]);
    expect(roots(world)).toHaveLength(1);
    expect(JSON.stringify(roots(world))).toContain('*By*\\nAda Example');
    expect(broadcasts(world)).toEqual([]);
  });

  test('that is bad: the cause in it, the log in its thread, and the channel is told', async () => {
    const world = await rehearsal({ slack: true });
    await world.pushOnly('crash', 'v1.0.0');

    const said = await watch(world);

    expect(said.slice(-2)).toEqual([
      '↩️ my-api v1.0.0: is being rolled back (production)',
      '↩️ my-api v1.0.0: rolled back (production)',
    ]);
    const [root, ...others] = roots(world);
    expect(others).toEqual([]);
    expect(JSON.stringify(root)).toContain('app misses a setting, ORDERS_TABLE');
    const replies = world.world.slack.messages().filter(({ threadTs }) => threadTs === root?.ts);
    expect(JSON.stringify(replies[0])).toContain('fatal: ORDERS_TABLE is not set');
    expect(broadcasts(world)).toEqual([expect.stringContaining('rolled back (production) – ')]);
  });

  test('that its metrics take back: a picture of them in its thread, once, in the place of characters', async () => {
    const world = await rehearsal({ slack: true, honesty: { tidegate: { duplicates: 1 } } });
    await world.pushOnly('errors', 'v1.0.0');

    await watch(world);
    await world.clock.advance(3_600_000);

    const [root] = roots(world);
    const [{ threadTs, file } = {}, ...others] = world.world.slack.messages().filter((one) => one.file);
    expect(others).toEqual([]);
    expect(threadTs).toBe(root?.ts);
    expect(file?.words).toMatch(/^The metrics before and after the deployment\. .*5xx.* rose from/);
    const picture = await world.fetch(`http://world.test${file?.url}`);
    expect(Buffer.from(await picture.arrayBuffer()).toString('latin1', 1, 4)).toBe('PNG');
    expect(JSON.stringify(root)).toContain('are a picture in the thread');
    expect(JSON.stringify(root)).not.toContain('█');
  });

  test('whose picture Slack does not take: in characters', async () => {
    const world = await rehearsal({ slack: true, slackScopes: ['chat:write'] });
    await world.pushOnly('errors', 'v1.0.0');

    const said = await watch(world);

    expect(said.at(-1)).toBe('↩️ my-api v1.0.0: rolled back (production)');
    expect(JSON.stringify(roots(world))).toContain('█');
    expect(world.world.slack.messages().some(({ file }) => file)).toBe(false);
    expect(world.deadLetters).toEqual([]);
  });

  test('that the scan stops: with what to upgrade', async () => {
    const world = await rehearsal({ slack: true });
    await world.pushOnly('vulnerable', 'v1.0.0');

    const said = await watch(world);

    expect(said.at(-1)).toBe('⛔ my-api v1.0.0: rejected, nothing deployed (production)');
    expect(JSON.stringify(roots(world))).toContain('• upgrade ');
    expect(roots(world)).toHaveLength(1);
  });

  test('that waits for another, and that a newer one supersedes', async () => {
    const world = await rehearsal({ slack: true });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(30_000);
    await world.pushOnly('good', 'v1.1.0');

    const said = await watch(world);

    expect(said).toContain('⏭ my-api v1.0.0: superseded (production)');
    expect(said).toContain('my-api v1.1.0: waits for its turn (production)');
    expect(said.at(-1)).toBe('✅ my-api v1.1.0: deployed (production)');
    expect(roots(world)).toHaveLength(2);
  });
});

test('a Slack that is down for a whole release costs it no second, and is told afterwards, once', async () => {
  const undisturbed = await (await rehearsal({ slack: true })).push('crash', 'v1.0.0');
  const options: RehearsalOptions = { slack: true, slackIsDown: true };
  const world = await rehearsal(options);

  const release = await world.push('crash', 'v1.0.0');
  await world.clock.advance(600_000);

  expect(release).toMatchObject({ outcome: 'RolledBack', seconds: undisturbed.seconds });
  expect(world.world.slack.messages()).toEqual([]);
  expect(world.deadLetters).toEqual([]);
  options.slackIsDown = false;
  await world.clock.advance(3_600_000);
  const [root, details, ...more] = world.world.slack.messages();
  expect(root?.text).toContain('↩️ my-api v1.0.0: rolled back (production)');
  expect(details?.threadTs).toBe(root?.ts);
  // It is news already: the channel need not hear it twice.
  expect(more).toEqual([]);
});

test.each([
  { it: 'a moment later, in the same call', seconds: 3, takes: 10 },
  { it: 'a minute later, by Lambda', seconds: 45, takes: 130 },
])('who is told to wait tries again: $it', async ({ seconds, takes }) => {
  let limited = false;
  const failures: string[] = [];
  const world = await rehearsal({
    ...{ slack: true, slackLimits: () => (limited ? seconds : undefined) },
    onMetric: (name) => void (name === 'SlackFailures' && failures.push(name)),
  });
  await world.pushOnly('good', 'v1.0.0', 'none');
  limited = true;
  await world.clock.advance(seconds === 3 ? 4000 : 10_000);
  expect(world.world.slack.messages()).toEqual([]);
  limited = false;

  await world.clock.advance(takes * 1000);

  expect(roots(world).map(({ text }) => text)).toEqual(['my-api v1.0.0: waits for its scan (production)']);
  expect(failures.length > 0).toBe(seconds > 3);
});

test('events that come twice and in any order never bring an older message back', async () => {
  const world = await rehearsal({ slack: true, honesty: { tidegate: { disorder: 1, duplicates: 1 } } });
  await world.pushOnly('errors', 'v1.0.0');

  const said = await watch(world);

  expect(new Set(said).size).toBe(said.length);
  expect(said.at(-1)).toBe('↩️ my-api v1.0.0: rolled back (production)');
  expect(roots(world)).toHaveLength(1);
  expect(broadcasts(world)).toHaveLength(1);
});

test('a message that somebody deleted is posted again', async () => {
  const world = await rehearsal({ slack: true });
  await world.pushOnly('good', 'v1.0.0', 'none');
  await world.clock.advance(20_000);
  const messages = world.world.slack.messages() as unknown[];
  expect(messages).toHaveLength(1);
  messages.length = 0;

  await world.stop();
  await world.clock.advance(20_000);

  expect(roots(world).map(({ text }) => text)).toEqual([expect.stringContaining('needs a human')]);
});

test('a webhook is told how a release ended, once, with the details below, and nothing before', async () => {
  const world = await rehearsal({ slack: 'webhook' });
  await world.pushOnly('crash', 'v1.0.0');
  await world.clock.advance(60_000);
  expect(world.world.slack.messages()).toEqual([]);

  await world.ended();
  await world.clock.advance(3_600_000);

  const [message, ...others] = world.world.slack.messages();
  expect(others).toEqual([]);
  expect(message?.text).toContain('rolled back (production)');
  expect(JSON.stringify(message?.blocks)).toContain('fatal: ORDERS_TABLE is not set');
  expect(world.deadLetters).toEqual([]);
});
