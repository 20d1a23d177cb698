/** The console as an HTTP server: what it answers, and what it lets a browser do. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { HistoryEvent } from '../../local/asl/index.ts';
import { virtualClock } from '../../local/clock.ts';
import { console as releasesConsole } from '../../local/console/console.ts';
import { releaseRow } from '../../local/console/release-row.ts';
import type { ReleaseDetails, ReleasesSnapshot } from '../../local/console/wire.ts';
import { consoleScene, failing, type Scenario, scenarios } from '../support/console-source.ts';

const minutes = 60_000;

async function scene(...started: Scenario[]) {
  const clock = virtualClock();
  const made = await consoleScene(clock, { slack: '/slack' });
  const app = releasesConsole({ source: made.source, clock });
  const arns: string[] = [];
  for (const one of started) {
    arns.push(made.start(one));
    await clock.advance(10 * minutes);
  }
  const get = (path: string, init?: RequestInit) => app.fetch(new Request(`http://world.test${path}`, init));
  return { ...made, clock, arns, get };
}

const snapshotOf = async (answer: Response) => (await answer.json()) as ReleasesSnapshot;
const detailsOf = async (answer: Response) => (await answer.json()) as ReleaseDetails;

test('every outcome is told in one word and one sentence, newest first', async () => {
  const { deployed, nothingToDo, rejected, superseded, needsHuman, waiting } = scenarios;
  const { get, clock, start } = await scene(deployed, nothingToDo, rejected, superseded, needsHuman);
  start(failing(clock));
  await clock.advance(10 * minutes);
  start(waiting);
  await clock.advance(1 * minutes);

  const { releases, now } = await snapshotOf(await get('/console/api/releases'));

  expect(now).toBe(clock.now());
  expect(releases.map(({ tag, ending, reason }) => [tag, ending, reason])).toEqual([
    ['v1.5.0', 'Running', 'waiting for a person'],
    ['v1.4.1', 'RolledBack', '5.1 % of requests fail, 0.10 % before'],
    [
      'v1.4.2',
      'NeedsHuman',
      expect.stringContaining('is not authorized to perform: ecs:DescribeTaskDefinition'),
    ],
    ['v1.4.1-hotfix', 'Superseded', 'v1.4.2, pushed later, took its place'],
    ['v1.4.0', 'Rejected', expect.stringContaining('CVE-2021-44906')],
    ['v1.3.0-again', 'NothingToDo', expect.stringContaining('runs already')],
    ['v1.3.0', 'Deployed', expect.stringContaining('Nothing got worse')],
  ]);
  expect(releases[0]?.current).toEqual({ state: 'RequestApproval', since: now - 60_000 + 9370 });
  expect(releases[0]?.endedAt).toBeUndefined();
});

test('a release that waits between two looks still says what it saw last', async () => {
  const { get, clock, start } = await scene();
  start(scenarios.running);
  await clock.advance(62_000);

  const { releases } = await snapshotOf(await get('/console/api/releases'));

  expect(releases[0]?.current?.state).toBe('WaitForSmokeTests');
  expect(releases[0]?.reason).toBe('continue: http://my-api/ answers, but not 3 times in a row yet');
});

test('an execution that was stopped by hand is shown as what it is', async () => {
  const { get, clock, start, stop } = await scene();
  stop(start({ tag: 'v2.0.0' }));
  await clock.advance(1000);

  const { releases } = await snapshotOf(await get('/console/api/releases'));

  expect(releases[0]).toMatchObject({ ending: 'Stopped', reason: 'stopped by a test', tag: 'v2.0.0' });
});

test.each(['{}', 'null', '[1]', '{"service":7}', 'no JSON'])(
  'an execution that somebody started with %s is shown by its name',
  (input) => {
    const startDate = new Date(0);

    const row = releaseRow({ executionArn: 'arn', name: 'by-hand', status: 'FAILED', startDate, input }, []);

    expect(row).toMatchObject({
      service: 'by-hand',
      tag: '',
      ending: 'Failed',
      reason: 'an error without a name',
    });
  },
);

test('a release that waits for the slot says so, and not what the state before had found', () => {
  const startDate = new Date(0);
  const running = { executionArn: 'arn', name: 'waits', status: 'RUNNING' as const, startDate, input: '{}' };
  const entered = (id: number, name: string): HistoryEvent => ({
    ...{ id, previousEventId: id - 1, timestamp: startDate, type: 'TaskStateEntered' },
    stateEnteredEventDetails: { name },
  });
  const output = JSON.stringify({ Payload: { status: 'pass', summary: 'no CRITICAL' } });
  const passed = { id: 2, previousEventId: 1, timestamp: startDate, type: 'TaskSucceeded' } as const;
  const judged = [entered(1, 'CheckScan'), { ...passed, taskSucceededEventDetails: { output } }];

  expect(releaseRow(running, judged).reason).toBe('pass: no CRITICAL');
  expect(releaseRow(running, [...judged, entered(3, 'AcquireSlot')]).reason).toBe(
    'waits until no other release changes the service',
  );
});

test('a release is told with its definition, its whole history and its lines', async () => {
  const { get, arns, source } = await scene(scenarios.rejected);
  const [arn = ''] = arns;

  const { row, definition, told, slack } = await detailsOf(
    await get(`/console/api/releases/${encodeURIComponent(arn)}`),
  );

  expect(row).toMatchObject({ tag: 'v1.4.0', ending: 'Rejected', service: 'my-api' });
  expect(definition).toMatchObject({ StartAt: 'Begin' });
  expect(told.map(({ event }) => event.id)).toEqual((await source.history(arn)).map(({ id }) => id));
  expect(told.flatMap(({ line }) => line?.text ?? [])).toContain(
    'fail: 1 CRITICAL with a fix: CVE-2021-44906 in minimist 1.2.5 → 1.2.6',
  );
  expect(slack).toBe('/slack');
});

test.each(['/console', '/console/', '/console/arn:aws:states:eu-west-1:123456789012:execution:deploy:any'])(
  '%s is a page that may load nothing from elsewhere and run no script but its own files',
  async (path) => {
    const { get } = await scene();

    const answer = await get(path);

    const html = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(html).not.toMatch(/<script(?![^>]*\ssrc="\/console\/page\/)/);
    expect(html).not.toMatch(/https?:|<style|\sstyle=|\son\w+=/);
  },
);

test('every file of the pages is served, scripts as JavaScript without types', async () => {
  const { get } = await scene();
  const files = readdirSync(new URL('../../local/console/page/', import.meta.url)).filter(
    (name) => name !== 'tsconfig.json',
  );

  for (const name of files) {
    const answer = await get(`/console/page/${name}`);
    const text = await answer.text();
    expect(answer.status, name).toBe(200);
    if (!name.endsWith('.ts')) continue;
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(text, name).not.toMatch(/^(import|export) type|^export interface/m);
    // A browser resolves these against the file: nothing outside of the folder is left.
    expect(text, name).not.toMatch(/from '\.\.\//);
  }
});

test.each([
  '/console/page/tsconfig.json',
  '/console/page/..%2Fconsole.ts',
  '/console/page/%2e%2e/console.ts',
  '/console/page/',
  '/console/console.ts',
  '/console/nothing',
  '/console/api/nothing',
  '/console/api/releases/arn:aws:states:eu-west-1:123456789012:execution:deploy:unknown',
  '/console/api/releases/arn:aws:states:eu-west-1:123456789012:execution:deploy:unknown/events',
  '/console/api/releases/nonsense',
  '/console/api/releases/%E0%A4%A',
])('there is nothing at %s', async (path) => {
  const { get } = await scene();

  expect((await get(path)).status).toBe(404);
});

test('answers of the API are not kept by anybody', async () => {
  const { get, arns } = await scene(scenarios.rejected);
  const release = `/console/api/releases/${encodeURIComponent(String(arns[0]))}`;

  for (const path of ['/console/api/releases', release, '/console/api/releases/unknown']) {
    const { headers } = await get(path);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('the root leads to the console, and nothing can be changed through it', async () => {
  const { get } = await scene();

  const root = await get('/', { redirect: 'manual' });
  const posted = await get('/console/api/releases', { method: 'POST' });

  expect([root.status, root.headers.get('location')]).toEqual([302, '/console']);
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});
