/** What Slack shows of a release, at each phase and however it ends. */
import type { KnownBlock } from '@slack/types';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../core/slack-blocks.ts';
import { limits } from '../../core/slack-text.ts';
import { spokenActors } from '../../core/spoken-actor.ts';
import { releaseMessage } from '../../core/telling/release-message.ts';
import { replies } from '../../core/telling/thread.ts';
import type { Told } from '../../core/telling/told-release.ts';
import { checkBlocks } from '../../local/slack/blocks.ts';
import { type Sample, samples } from '../../local/slack/samples.ts';

const all = samples();
const named = (name: string): Sample => {
  const found = all.find((sample) => sample.name === name);
  if (!found) throw new Error(`there is no sample ${name}`);
  return found;
};
const messagesOf = ({ told, posted }: Sample): Message[] => {
  const root = releaseMessage(told, posted);
  return [...(root ? [root] : []), ...replies(told, posted).map(({ message }) => message)];
};
const textsIn = ({ blocks }: Message) =>
  blocks.flatMap((block) => {
    if (block.type === 'section')
      return [...(block.text ? [block.text.text] : []), ...(block.fields ?? []).map((field) => field.text)];
    return block.type === 'header' ? block.text.text : [];
  });
const rootOf = (name: string) => messagesOf(named(name))[0] as Message;

/** Texts that strangers write, by the names of what holds them, and how long they may get there. */
const foreign: Record<string, number> = {
  ...{ reason: 6000, sentence: 6000, summary: 6000, headline: 6000, advice: 6000, last: 6000 },
  ...{ author: 5000, revision: 5000, url: 5000, compareUrl: 5000, source: 5000, by: 5000, container: 5000 },
  ...{ id: 5000, package: 5000, installed: 5000, fixed: 5000, path: 5000 },
  ...{ logTail: 1000, upgrades: 5000, warnings: 500 },
};
const lists: Record<string, number> = {
  ...{ endpoints: 60, metrics: 60, upgrades: 60, findings: 60, changes: 50, logTail: 60, warnings: 60 },
};
const armed = '<!channel> <https://evil.example|ok> & *x* ``` \u202Eevil\u202C \u0007\uD800 @here 👩‍🚀';

/** The same, with as much of what is bad as there can be. */
function worst(value: unknown, key = ''): unknown {
  if (typeof value === 'string') {
    const size = foreign[key];
    return size === undefined ? value : armed.repeat(Math.ceil(size / armed.length)).slice(0, size);
  }
  if (Array.isArray(value)) {
    const some = value.map((one) => worst(one, key));
    const most = lists[key] ?? some.length;
    return some.length === 0 ? some : Array.from({ length: most }, (_, index) => some[index % some.length]);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, worst(one, name)]));
}

const atWorst = all.map(
  (sample): Sample => ({
    ...sample,
    name: `${sample.name}, with texts as bad as they get`,
    told: { ...sample.told, record: worst(sample.told.record) as Told['record'] },
  }),
);

test.each([...all, ...atWorst])("$name: Slack's limits are kept", (sample) => {
  const messages = messagesOf(sample);
  let ids = 0;

  expect(messages.length).toBeGreaterThan(0);
  for (const { text, blocks } of messages) {
    const checked = checkBlocks(blocks, () => String(ids++));
    expect('messages' in checked ? checked.messages : []).toEqual([]);
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThanOrEqual(limits.text);
  }
});

test.each(atWorst)('$name: it can neither mention a channel, nor disguise a link, nor hide', (sample) => {
  const said = JSON.stringify(messagesOf(sample));

  expect(said).not.toContain('<!channel>');
  expect(said).not.toContain('<https://evil');
  expect(said).not.toMatch(/\u202e|\u202c|\\u202e|\\u0007|\\ud800"/i);
});

test('each phase and each end has words of its own, and only signs that say the same', () => {
  const headers = all.map(({ name }) => textsIn(rootOf(name))[0] ?? '');

  expect(headers[0]).toBe('shop-api v1.4.2: waits for its scan (production)');
  expect(new Set(headers)).toEqual(
    new Set([
      ...['waits for its scan', 'waits for approval', 'waits for its turn', 'is being prepared'].map(plain),
      ...['is being deployed', 'is being tested', 'is being compared', 'is being watched'].map(plain),
      header('is paused at 10 %, waits for approval'),
      ...[header('is being rolled back', '↩️ '), header('deployed', '✅ '), header('rolled back', '↩️ ')],
      ...[header('rejected, nothing deployed', '⛔ '), header('superseded', '⏭ ')],
      ...[header('needs a human', '🚨 '), header('nothing to do', '➖ ')],
    ]),
  );
});
const plain = (phrase: string) => header(phrase);
const header = (phrase: string, sign = '') => `${sign}shop-api v1.4.2: ${phrase} (production)`;

test('what its metrics took back is shown with a chart in characters, unless there is a picture', () => {
  const charts = (name: string) => textsIn(rootOf(name)).filter((text) => text.includes('█'));

  expect(charts('rolled back by its metrics, and Slack takes no picture')).toEqual([
    expect.stringMatching(/\nErrors +▁+█+ +5\.5 %\np99 +▂+█+ +480 ms\n +d +s +v\n/),
  ]);
  expect(charts('rolled back by its metrics')).toEqual([]);
  expect(charts('rolled back by its endpoints')).toEqual([]);
  expect(charts('deployed')).toEqual([]);
});

test('a canary says what it has of the requests', () => {
  expect(textsIn(rootOf('a canary has a tenth of the users'))[1]).toContain('gets 10 % of the requests');
  expect(textsIn(rootOf('being deployed, as a canary'))[1]).toContain(
    '10 % of the requests go to it for 10 min',
  );
});

describe('what went wrong comes first', () => {
  test.each([
    { name: 'rolled back by its endpoints', says: 'https://shop.example.com/api/orders answered 502' },
    { name: 'rolled back by its metrics', says: 'from 0.10 % (70 of 70 816) to 5.4 % (63 of 1 166)' },
    { name: 'rolled back because its tasks crash', says: 'app misses a setting, ORDERS_TABLE' },
    { name: 'rejected by the scan', says: 'CVE-2021-44906 in minimist' },
    { name: 'being rolled back', says: 'from 0.10 % (70 of 70 816) to 5.4 % (63 of 1 166)' },
  ])('$name', ({ name, says }) => {
    expect(textsIn(rootOf(name))[1]).toContain(says);
  });

  test('then what else speaks against it, what to do, and what runs now', () => {
    expect(textsIn(rootOf('rolled back because its tasks crash')).slice(1)).toEqual([
      '3 of 3 allowed task failures: app misses a setting, ORDERS_TABLE',
      '• container `app` ended with code 1: Essential container in task exited',
      '*What to do:* Set ORDERS_TABLE in the task definition, and push again.',
      expect.stringContaining('*Commit*\n<https://github.com/example/shop-api/commit/cd29e03e3ba6'),
      '*By*\nAda Lovelace &lt;ada@example.com&gt;',
      expect.stringContaining('|what changed>'),
      expect.stringContaining('*Pushed*\n<!date^'),
      '*Took*\n4 min 11 s',
      expect.stringContaining('*Runs now*\nthe version before'),
    ]);
    expect(textsIn(rootOf('rejected by the scan'))[2]).toBe(
      '• upgrade minimist to 1.2.6 (1 CRITICAL)\n• upgrade openssl to 3.0.13 (1 CRITICAL)',
    );
  });

  test('what was said already is not said again', () => {
    const [, reason = '', beside] = textsIn(rootOf('rolled back by its metrics'));

    expect(reason).toContain('5xx rose');
    expect(beside).toMatch(/^• p99 rose/);
    expect(beside).not.toContain('5xx rose');
  });
});

test('its thread holds the log, the findings and what changed, never a value', () => {
  const details = (name: string) => textsIn(messagesOf(named(name))[1] as Message).join('\n');

  const crashed = details('rolled back because its tasks crash');
  expect(crashed).toContain('Last lines of `app` in task `0a1b2c3d`\n```\n');
  expect(crashed).toContain('fatal: ORDERS_TABLE is not set');
  expect(crashed).toContain('`containerDefinitions.app.environment.ORDERS_TABLE.value`');
  expect(crashed).not.toContain('hidden');
  expect(details('rejected by the scan')).toContain(
    'CRITICAL CVE-2023-5363 in openssl 3.0.11, fixed in 3.0.13',
  );
});

test('a failure is told to the channel, unless its message is the first that people see; success is not', () => {
  const broadcast = (name: string) => {
    const { told, posted } = named(name);
    return replies(told, posted).filter((reply) => reply.broadcast).length;
  };

  for (const name of ['rolled back by its metrics', 'needs a human', 'rejected by the scan'])
    expect(broadcast(name), name).toBe(1);
  for (const name of ['deployed', 'superseded', 'rejected by a person', 'told late, since Slack was away'])
    expect(broadcast(name), name).toBe(0);
});

test('an inconclusive comparison has a word of its own', () => {
  const { blocks } = rootOf('deployed, and the metrics say too little');

  expect(JSON.stringify(blocks)).toContain('metrics say too little to judge');
  expect(JSON.stringify(blocks)).toContain('*Too little to judge*\\n• 5xx not judged');
});

test('people are mentioned, and the execution is a button', () => {
  const { blocks } = rootOf('rejected by a person');
  const [, reason] = blocks as [KnownBlock, KnownBlock & { accessory?: { url: string } }];

  expect(JSON.stringify(reason)).toContain('rejected by <@U012AB3CD>');
  expect(reason.accessory?.url).toContain('execution:deploy:shop-api');
});

test('a push that changes nothing is told to nobody who has not heard of it', () => {
  const { told } = named('nothing to do after all');

  expect(releaseMessage(told, false)).toBeUndefined();
  expect(releaseMessage(told, true)?.text).toContain('nothing to do');
});

test('elsewhere than in Slack its users are called by their ids, and as such', () => {
  expect(spokenActors('rejected by slack:U012AB3CD: not now')).toBe(
    'rejected by U012AB3CD in Slack: not now',
  );
});
