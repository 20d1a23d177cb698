/** What speaks against a release, a line each: the failing endpoint, the metric with its figures, the task that stopped. */
import * as z from 'zod';
import { failedTasks } from '../failed-tasks.ts';
import type { ReleaseRecord } from '../record.ts';
import { code, cut, escaped } from '../slack-text.ts';

type Steps = ReleaseRecord['steps'];

const smokeSchema = z.looseObject({
  status: z.string(),
  endpoints: z.array(z.looseObject({ url: z.string(), passed: z.boolean(), last: z.string().optional() })),
});
const comparisonSchema = z.looseObject({
  status: z.string(),
  metrics: z.array(z.looseObject({ status: z.string(), sentence: z.string() })),
});
const scanSchema = z.looseObject({
  status: z.string(),
  upgrades: z.array(z.string()).default([]),
  findings: z
    .array(
      z.looseObject({
        ...{ id: z.string(), severity: z.string(), package: z.string(), installed: z.string() },
        fixed: z.string().optional(),
      }),
    )
    .default([]),
});

const line = (text: string) => escaped(cut(text.replaceAll(/\s+/g, ' '), 400));

/** Those that did not answer well, the last answer of each. */
export function failingEndpoints({ RunSmokeTests, ProveWayBack }: Steps): string[] {
  return [RunSmokeTests, ProveWayBack].flatMap((step) => {
    const { status, endpoints = [] } = smokeSchema.safeParse(step).data ?? {};
    if (status !== 'fail') return [];
    return endpoints
      .filter(({ passed }) => !passed)
      .map(({ url, last }) => `${line(url)} ${line(last ?? 'was not asked')}`);
  });
}

/** Metrics that ended like this, each with its figures before and after; `all`: every one. */
export function metricSentences({ CompareMetrics }: Steps, which: 'fail' | 'inconclusive' | 'all'): string[] {
  const { metrics = [] } = comparisonSchema.safeParse(CompareMetrics).data ?? {};
  return metrics
    .filter(({ status }) => which === 'all' || status === which)
    .map(({ sentence }) => line(sentence));
}

/** Tasks of the new version that stopped, alike ones once. */
export function stoppedTaskLines(steps: Steps): string[] {
  const { stoppedTasks = [] } = failedTasks(steps) ?? {};
  const lines = stoppedTasks.map(({ container, exitCode, reason, stopCode }) => {
    const who = container ? `container ${code(container)}` : 'a task';
    const ended = exitCode === undefined ? 'stopped' : `ended with code ${exitCode}`;
    return `${who} ${ended}: ${line(reason || stopCode)}`;
  });
  return [...new Set(lines)];
}

/** What to upgrade, where the scan stopped it. */
export function upgradeLines({ CheckScan }: Steps): string[] {
  const { status, upgrades = [] } = scanSchema.safeParse(CheckScan).data ?? {};
  return status === 'fail' ? upgrades.map(line) : [];
}

/** The findings themselves, the worst first. */
export function findingLines({ CheckScan }: Steps): string[] {
  const { status, findings = [] } = scanSchema.safeParse(CheckScan).data ?? {};
  if (status !== 'fail') return [];
  return findings.map(
    ({ id, severity, package: name, installed, fixed }) =>
      `${line(severity)} ${line(id)} in ${line(name)} ${line(installed)}${fixed ? `, fixed in ${line(fixed)}` : ''}`,
  );
}
