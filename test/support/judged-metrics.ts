/** One look at hand-made figures, by name of what is judged: minutes 0 to 59 are before, 60 and 61 the rollout, the rest after. */
import { expect } from 'vitest';
import { defineConfig } from '../../core/config.ts';
import type { SeenAlarm } from '../../core/judge/alarms.ts';
import { compare } from '../../core/judge/compare.ts';
import { judgedBy } from '../../core/judge/judged.ts';
import type { analysisSchema } from '../../core/judge/policy.ts';
import { queriesFor } from '../../core/judge/queries.ts';
import type { Point } from '../../core/judge/series.ts';
import { comparisonSchema } from '../../core/judge/verdict.ts';

export type PolicyInput = (typeof analysisSchema)['_zod']['input'];

export const minute = 60_000;
export const web = {
  loadBalancer: 'app/my-alb/50dc6c495c0c9188',
  targetGroup: 'targetgroup/my-tg/6d0ecf831eec9f09',
} satisfies PolicyInput;
export const ecs = { cluster: 'main', service: 'orders' };

export function environmentWith(analysis: PolicyInput) {
  const environments = [{ name: 'production', ...ecs, analysis }];
  const config = defineConfig({
    services: { orders: { repository: 'orders', container: 'app', environments } },
  });
  const policy = config.services.orders?.environments[0]?.analysis;
  if (!policy) throw new Error('there is a policy');
  return policy;
}
export const mistake = (analysis: PolicyInput) => () => environmentWith(analysis);

/** Minutes 0 to 59 are before, 60 and 61 the rollout, 62 to 66 after. */
export function judged(
  analysis: PolicyInput,
  values: Record<string, (index: number) => number | undefined>,
  more: { alarms?: SeenAlarm[]; closed?: number } = {},
) {
  const policy = environmentWith({ window: '5m', ...analysis });
  const all = judgedBy(policy, ecs);
  const { queries } = queriesFor({ policy, deployedAt: 60 * minute, now: 70 * minute, judged: all });
  const { closed = 5, alarms = [] } = more;
  const found = Object.fromEntries(
    queries.map(({ id }) => {
      const [, index, part] = /^m(\d+)_(\w+)$/.exec(id) ?? [];
      const name =
        index === undefined ? id : `${all[Number(index)]?.name}${part === 'value' ? '' : ` ${part}`}`;
      const at = values[name] ?? (() => undefined);
      const points = Array.from({ length: 62 + closed }, (_, time) => [time * minute, at(time)] as const);
      return [id, points.filter((point): point is Point => point[1] !== undefined)];
    }),
  );
  const { requests = [], errors = [], p99 = [], balancerErrors = [] } = found;
  const comparison = compare({
    ...{ policy, judged: all, found, alarms, series: { requests, errors, p99, balancerErrors } },
    ...{ startedAt: 60 * minute, stableAt: 62 * minute, now: (62 + closed + 2) * minute },
  });
  expect(comparisonSchema.parse(comparison)).toEqual(comparison);
  const named = (name: string, kind?: string) =>
    comparison.metrics.find((finding) => finding.name === name && (!kind || finding.kind === kind));
  return { ...comparison, named };
}

/** Wavers by 4 % from minute to minute. */
export const level =
  (before: number, after = before) =>
  (index: number) =>
    (index < 60 ? before : after) * (index % 2 ? 1.02 : 0.98);
export const steady = (value: number) => () => value;
export const sound = {
  requests: steady(600),
  p99: (index: number) => (index % 2 ? 0.021 : 0.019),
  healthyHosts: steady(2),
};
