/** What Slack shows of a release that its metrics speak against: a picture, and a chart in characters where there is none. */
import type { KnownBlock } from '@slack/types';
import * as z from 'zod';
import { blockChart, chartKey } from '../judge/block-chart.ts';
import { chartDrawing } from '../judge/chart.ts';
import type { Moments } from '../judge/plots.ts';
import { comparisonSchema } from '../judge/verdict.ts';
import type { Drawing } from '../picture/drawing.ts';
import type { ReleaseRecord } from '../record.ts';
import type { Outcome } from '../release.ts';
import { section } from '../slack-blocks.ts';
import { codeBlock, cut, escaped } from '../slack-text.ts';

type Steps = ReleaseRecord['steps'];

const against = z.looseObject({
  decision: z.enum(['take back', 'ask a person']),
  ...comparisonSchema.pick({ status: true, headline: true, series: true }).shape,
  metrics: z.array(z.looseObject({ status: z.string(), sentence: z.string() })),
});
const startedSchema = z.looseObject({ startedAt: z.number() });
const stableSchema = z.looseObject({ at: z.number() });

/** Narrow enough for a phone held sideways. */
const columns = 40;
const mostChart = 2400;
/** Of Slack's 1000 characters. */
const mostWords = 900;

/** Once it is over. */
export const isCharted = (outcome: Outcome | undefined): boolean =>
  outcome === 'RolledBack' || outcome === 'NeedsHuman';

function charted({
  StartDeployment,
  AwaitDeployment,
  CompareMetrics,
  RollBack,
}: Steps): { comparison: z.infer<typeof against>; moments: Moments } | undefined {
  const comparison = against.safeParse(CompareMetrics).data;
  if (!comparison) return undefined;
  const moments = {
    startedAt: startedSchema.safeParse(StartDeployment).data?.startedAt,
    stableAt: stableSchema.safeParse(AwaitDeployment).data?.at,
    // Nobody waits between the verdict and the way back.
    decidedAt: startedSchema.safeParse(RollBack).data?.startedAt,
  };
  return blockChart(comparison, moments).length > 0 ? { comparison, moments } : undefined;
}

/** `inThread`: the picture is there. */
export function chartBlocks(steps: Steps, inThread: boolean): KnownBlock[] {
  const found = charted(steps);
  if (!found) return [];
  if (inThread) return [section('Its metrics before and after are a picture in the thread.')];
  const { comparison, moments } = found;
  const text = `${codeBlock(blockChart(comparison, moments, columns), mostChart)}\n${escaped(chartKey(moments))}`;
  return [{ type: 'section', text: { type: 'mrkdwn', text } }];
}

/** Above the picture. */
export const pictureComment =
  'Before and after the deployment. Grey is what it is compared with, yellow what was judged; times are UTC.';

export interface Picture {
  drawing: Drawing;
  /** What it shows, for who does not see it. */
  words: string;
}

/** Undefined where it was not the metrics, or there is nothing to draw. */
export function chartPicture({ outcome, steps }: ReleaseRecord): Picture | undefined {
  const found = isCharted(outcome) ? charted(steps) : undefined;
  if (!found) return undefined;
  const { headline, metrics } = found.comparison;
  const failed = metrics.flatMap(({ status, sentence }) =>
    status === 'fail' && !headline.includes(sentence) ? [sentence] : [],
  );
  const words = `The metrics before and after the deployment. ${[headline, ...failed].join('; ')}`;
  return { drawing: chartDrawing(found.comparison, found.moments), words: cut(words, mostWords) };
}
