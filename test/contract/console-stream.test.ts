/** The console's event streams: live, resumable, and gone when their reader is. */
import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { console as releasesConsole } from '../../local/console/console.ts';
import type { ReleaseRow, ReleasesSnapshot, ToldEvent } from '../../local/console/wire.ts';
import { consoleScene, scenarios } from '../support/console-source.ts';

interface Sent {
  id?: string;
  event?: string;
  data?: string;
}

async function scene() {
  const clock = virtualClock();
  const made = await consoleScene(clock);
  const app = releasesConsole({ source: made.source, clock });

  /** Reads in the background; `sent` grows as messages come. */
  async function follow(path: string, headers: Record<string, string> = {}) {
    const leaving = new AbortController();
    const request = new Request(`http://world.test${path}`, { headers, signal: leaving.signal });
    const answer = await app.fetch(request);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const sent: Sent[] = [];
    const comments: string[] = [];
    let rest = '';
    let over = false;
    const reading = (async () => {
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        const blocks = (rest + part.value).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)));
          if (fields.event) sent.push(fields);
          else comments.push(block);
        }
      }
      over = true;
    })();
    return {
      answer,
      sent,
      comments,
      reading,
      isOver: () => over,
      leave: () => leaving.abort(),
      cancel: () => reader?.cancel(),
    };
  }

  const events = (arn: string) => `/console/api/releases/${encodeURIComponent(arn)}/events`;
  return { ...made, clock, follow, events };
}

const told = (sent: Sent[]) =>
  sent
    .filter(({ event }) => event === 'history')
    .map(({ data }) => (JSON.parse(data ?? '') as ToldEvent).event);

test('a release is told from its first event, as it happens, to its end', async () => {
  const { clock, start, source, follow, events } = await scene();
  const arn = start(scenarios.deployed);
  await clock.advance(5000);

  const { answer, sent } = await follow(events(arn));
  await clock.advance(0);
  const early = told(sent).length;
  await clock.advance(600_000);

  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(early).toBeGreaterThan(0);
  const history = await source.history(arn);
  expect(told(sent).map(({ id }) => id)).toEqual(history.map(({ id }) => id));
  expect(sent.at(-1)?.event).toBe('ended');
  expect((JSON.parse(sent.at(-1)?.data ?? '') as { row: ReleaseRow }).row).toMatchObject({
    ending: 'Deployed',
  });
});

test.each([
  { by: 'the address', path: '?after=20', headers: {} },
  { by: 'the browser that comes back', path: '?after=3', headers: { 'last-event-id': '20' } },
])('what $by says is known already is not told again', async ({ path, headers }) => {
  const { clock, start, follow, events } = await scene();
  const arn = start(scenarios.deployed);
  await clock.advance(600_000);

  const { sent } = await follow(events(arn) + path, headers);
  await clock.advance(0);

  expect(told(sent)[0]?.id).toBe(21);
  expect(sent[0]?.id).toBe('21');
  expect(sent.at(-1)?.event).toBe('ended');
});

test('lines of what happened are the same for a reader who comes late', async () => {
  const { clock, start, follow, events } = await scene();
  const arn = start(scenarios.deployed);
  const lines = (sent: Sent[]) =>
    sent.flatMap(({ data }) => (JSON.parse(data ?? '') as ToldEvent).line?.text ?? []);
  const first = await follow(events(arn));
  await clock.advance(600_000);

  const late = await follow(`${events(arn)}?after=60`);
  await clock.advance(0);

  const all = lines(first.sent);
  expect(lines(late.sent)).toEqual(all.slice(-lines(late.sent).length));
  expect(lines(late.sent).length).toBeGreaterThan(2);
});

test('all releases are told at once, soon after each change, and every two seconds', async () => {
  const { clock, start, follow, surroundings } = await scene();
  const { sent } = await follow('/console/api/live');
  await clock.advance(0);
  expect(sent).toHaveLength(1);

  start(scenarios.rejected);
  await clock.advance(300);
  const snapshot = JSON.parse(sent.at(-1)?.data ?? '') as ReleasesSnapshot;
  expect(snapshot.releases.map(({ current }) => current?.state)).toEqual(['ResolveRelease']);

  await clock.advance(10_000);
  const quiet = sent.length;
  await clock.advance(10_000);
  expect(sent.length - quiet).toBe(5);
  expect((JSON.parse(sent.at(-1)?.data ?? '') as ReleasesSnapshot).surroundings).toEqual(surroundings);
});

test('a burst of history is one snapshot', async () => {
  const { clock, start, follow } = await scene();
  const { sent } = await follow('/console/api/live');
  await clock.advance(0);

  for (const tag of ['v1.0.1', 'v1.0.2', 'v1.0.3']) start({ tag });
  await clock.advance(260);

  expect(sent).toHaveLength(2);
});

test('a quiet stream says now and then that it is still there', async () => {
  const { clock, start, follow, events } = await scene();
  const arn = start(scenarios.waiting);
  await clock.advance(30_000);
  const { comments, sent } = await follow(events(arn));
  await clock.advance(0);
  const before = sent.length;

  await clock.advance(60_000);

  expect(comments).toEqual(['retry: 1000', ...Array(4).fill(': still here')]);
  expect(sent).toHaveLength(before);
});

test('nothing listens any more when readers are gone, however they went', async () => {
  const { clock, start, follow, events, feed } = await scene();
  const arn = start(scenarios.waiting);
  await clock.advance(1000);
  const readers = await Promise.all([
    follow('/console/api/live'),
    follow('/console/api/live'),
    follow(events(arn)),
    follow(events(arn)),
  ]);
  await clock.advance(1000);
  expect(feed.listeners).toBe(4);

  readers[0]?.leave();
  await readers[1]?.cancel();
  readers[2]?.leave();
  await readers[3]?.cancel();
  readers[0]?.leave();

  expect(feed.listeners).toBe(0);
  const counts = readers.map(({ sent, comments }) => sent.length + comments.length);
  await clock.advance(120_000);
  expect(readers.map(({ sent, comments }) => sent.length + comments.length)).toEqual(counts);
  await Promise.all(readers.map(({ reading }) => reading));
  expect(readers.map(({ isOver }) => isOver())).toEqual([true, true, true, true]);
});

test('a reader who left before the stream was opened leaves nothing behind', async () => {
  const { follow, feed, source, clock } = await scene();
  const app = releasesConsole({ source, clock });

  await app.fetch(new Request('http://world.test/console/api/live', { signal: AbortSignal.abort() }));
  await clock.advance(0);

  expect(feed.listeners).toBe(0);
  const { sent } = await follow('/console/api/live');
  await clock.advance(0);
  expect(sent).toHaveLength(1);
});

test('a reader who does not read is let go', async () => {
  const { clock, start, source, feed } = await scene();
  const app = releasesConsole({ source, clock });
  const arn = start(scenarios.waiting);
  await clock.advance(30_000);
  await app.fetch(new Request(`http://world.test/console/api/releases/${encodeURIComponent(arn)}/events`));
  await clock.advance(0);
  expect(feed.listeners).toBe(1);

  const last = (await source.history(arn)).at(-1);
  for (let id = 1000; id < 2100 && last; id++) feed.publish(arn, { ...last, id });

  expect(feed.listeners).toBe(0);
});
