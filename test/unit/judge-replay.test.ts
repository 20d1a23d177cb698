/** A past deployment judged again from a file, and what is drawn of it. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { asAnswer, figuresFrom } from '../../cli/judge/data.ts';
import { blockChart } from '../../core/judge/block-chart.ts';
import { chart } from '../../core/judge/chart.ts';
import { judgedBy } from '../../core/judge/judged.ts';
import { analysisSchema } from '../../core/judge/policy.ts';
import { type Past, replay } from '../../core/judge/replay.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/judge/${name}`, import.meta.url));
const startedAt = Date.parse('2026-11-27T10:00:00Z');
const stableAt = Date.parse('2026-11-27T10:02:00Z');
const minute = 60_000;

async function past(more: Partial<Past> = {}, analysis: object = {}): Promise<Past> {
  const policy = analysisSchema.parse({
    loadBalancer: 'app/my-api/50dc6c495c0c9188',
    targetGroup: 'targetgroup/my-api/6d0ecf831eec9f09',
    ...analysis,
  });
  const judged = judgedBy(policy, { cluster: 'main', service: 'my-api' });
  const { found } = await figuresFrom(fixture('rising-errors.json'));
  return { policy, judged, found, startedAt, stableAt, until: Number.POSITIVE_INFINITY, ...more };
}

test('a deployment whose errors rose is taken back at the first look, and no later one is made', async () => {
  const looks = replay(await past());

  expect(looks.map(({ at, comparison }) => [(at - stableAt) / minute, comparison.decision])).toEqual([
    [3, 'take back'],
  ]);
});

test('with another policy it would have been kept, after every look', async () => {
  const looks = replay(await past({}, { report: ['errors'] }));

  expect(looks.map(({ comparison }) => comparison.decision)).toEqual([
    ...Array(5).fill('look again'),
    'keep',
  ]);
  expect(looks.at(-1)?.comparison.headline).toMatch(/^Nothing got worse: p99 .*; only reported: 5xx rose/);
});

test('nothing later than it is told to is looked at', async () => {
  const looks = replay(await past({ until: stableAt + 4 * minute }, { report: ['errors'] }));
  const none = replay(await past({ until: stableAt }));

  expect(looks.map(({ comparison }) => comparison.looks.done)).toEqual([1, 2]);
  expect(none.map(({ comparison }) => [comparison.looks.done, comparison.decision])).toEqual([
    [0, 'look again'],
  ]);
});

test('figures that are saved are the figures that are read', async () => {
  const { found } = await figuresFrom(fixture('rising-errors.json'));
  const { MetricDataResults } = asAnswer({ found });

  const requests = MetricDataResults.find(({ Id }) => Id === 'requests');
  expect(requests?.Timestamps[0]).toBe('2026-11-27T09:00:00.000Z');
  expect(requests?.Values).toEqual(found.requests?.map(([, value]) => value));
});

test('the chart draws every metric, the moments and the verdict, and escapes what it is told', async () => {
  const { at, comparison } = replay(await past()).at(-1) ?? { at: 0 };
  if (!comparison) throw new Error('it looked');
  const moments = { startedAt, stableAt, decidedAt: at };

  const picture = chart({ ...comparison, headline: 'a <b> & "c"' }, moments);

  expect(picture).toContain('<title>a &lt;b&gt; &amp; &quot;c&quot;</title>');
  for (const words of [
    'Requests, /s',
    'Errors, %',
    'p99, ms',
    'cpu, %',
    'memory, %',
    'deployment',
    'stable',
    'decided: fail',
  ])
    expect(picture).toContain(`>${words}</text>`);
  expect(picture.match(/<path /g)).toHaveLength(5);
  expect(picture).not.toMatch(/NaN|Infinity|undefined/);
});

test('the chart of nothing says so', async () => {
  const [look] = replay(await past({ found: {} }, { report: ['errors'] }));
  if (!look) throw new Error('it looked');

  expect(chart(look.comparison, {})).toContain('There were no figures to draw.');
  expect(blockChart(look.comparison, {})).toEqual([]);
});

test('in a terminal a chart is rows of blocks over the marks of the deployment', async () => {
  const { at, comparison } = replay(await past()).at(-1) ?? { at: 0 };
  if (!comparison) throw new Error('it looked');

  const lines = blockChart(comparison, { startedAt, stableAt, decidedAt: at });

  expect(lines[1]).toMatch(/^Errors {8}▁+█+ +4\.4 %$/);
  expect(lines[5]).toMatch(/^ +d +s +v$/);
  expect(lines[6]).toMatch(/^ +09:40 +10:05$/);
});
