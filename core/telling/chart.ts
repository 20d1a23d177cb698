/** What Slack shows of a release that its metrics took back: a chart in characters, since Slack draws no SVG. */
import type { KnownBlock } from '@slack/types';
import * as z from 'zod';
import { blockChart, chartKey } from '../judge/block-chart.ts';
import { curvesSchema } from '../judge/verdict.ts';
import type { ReleaseRecord } from '../record.ts';
import { codeBlock, escaped } from '../slack-text.ts';

const takenBack = z.looseObject({ decision: z.literal('take back'), series: curvesSchema });
const startedSchema = z.looseObject({ startedAt: z.number() });
const stableSchema = z.looseObject({ at: z.number() });

/** Narrow enough for a phone held sideways. */
const columns = 40;
const mostChart = 2400;

export function chartBlocks({
  StartDeployment,
  AwaitDeployment,
  CompareMetrics,
}: ReleaseRecord['steps']): KnownBlock[] {
  const comparison = takenBack.safeParse(CompareMetrics).data;
  if (!comparison) return [];
  const moments = {
    startedAt: startedSchema.safeParse(StartDeployment).data?.startedAt,
    stableAt: stableSchema.safeParse(AwaitDeployment).data?.at,
  };
  const lines = blockChart(comparison, moments, columns);
  if (lines.length === 0) return [];
  const text = `${codeBlock(lines, mostChart)}\n${escaped(chartKey(moments))}`;
  return [{ type: 'section', text: { type: 'mrkdwn', text } }];
}
