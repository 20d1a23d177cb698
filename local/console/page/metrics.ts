/** Before and after the deployment: three curves on one time scale, and the numbers that the verdict was made of. */

import type { Comparison, Counts, Finding, LatencyFinding } from '../../../core/judge/verdict.ts';
import { charts } from './charts.ts';
import { h } from './dom.ts';
import type { Moments } from './evidence.ts';
import { findingsIn } from './old-findings.ts';
import { table, verdict } from './scan.ts';

export function metricsPanel(comparison: Comparison, moments: Moments): HTMLElement {
  const { status, headline, looks } = comparison;
  return h(
    'section',
    { class: 'panel metrics', 'aria-label': 'Metrics before and after' },
    h('h2', {}, 'Before and after', h('small', {}, ` look ${looks.done} of ${looks.planned}`)),
    h('p', {}, verdict(status), ' ', headline),
    charts(comparison.series, moments),
    numbers(comparison, moments),
  );
}

function numbers({ metrics, series }: Comparison, { startedAt }: Moments): HTMLElement {
  return table(
    ['', 'Before', `Last ${lastSpan(series, startedAt)} before`, 'After', 'Verdict'],
    findingsIn(metrics).map((finding) => [
      words[finding.name] ?? finding.name,
      ...figures(finding),
      h('span', {}, verdict(finding.status), finding.report ? h('small', {}, ' only reported') : ''),
    ]),
  );
}

const words: Record<string, string> = { errors: 'Errors', latency: 'p99', cpu: 'CPU' };

/** Before, just before and after. */
function figures(finding: Finding): (HTMLElement | string)[] {
  switch (finding.kind) {
    case 'errors':
      return [finding.before, finding.last, finding.after].map(rate);
    case 'latency':
      return [finding.before, finding.last, finding.after].map(percentile);
    case 'gauge':
      return [finding.before, finding.last, finding.after].map(({ mean, points }) =>
        mean === undefined ? 'no figures' : figure(amount(mean, finding.unit), `${points} points`),
      );
    case 'limit': {
      const { unit, max, above, of } = finding;
      const most = unit === 'share' ? percent(max) : amount(max, unit);
      return ['', `at most ${most}`, figure(whole(above), `of ${whole(of)} above`)];
    }
    case 'alarms':
      return ['', '', finding.firing.join(', ') || 'none fired'];
    case 'targets':
      return ['', '', `none healthy in ${finding.periods} periods`];
  }
}

const amount = (value: number, unit: string) =>
  `${value.toLocaleString('en-GB', { maximumSignificantDigits: 3 })} ${unit}`.trim();
const rate = ({ requests, errors }: Counts) =>
  requests > 0 ? figure(percent(errors / requests), `of ${whole(requests)}`) : 'no requests';
const percentile = ({ points, ...of }: LatencyFinding['before']) => {
  const value = of.p99Milliseconds ?? of.p90Milliseconds ?? of.p50Milliseconds;
  return value === undefined ? 'no figures' : figure(`${value.toFixed(0)} ms`, `${points} points`);
};

/** The judge looks at the last five minutes before the deployment; a baseline may be shorter. */
function lastSpan({ requests }: Comparison['series'], startedAt: number | undefined): string {
  const [first] = requests[0] ?? [];
  if (first === undefined || startedAt === undefined) return '5 min';
  return spanWords(Math.min(300, Math.round((startedAt - first) / 1000)));
}

const spanWords = (seconds: number) =>
  seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;

const figure = (value: string, of: string) => h('span', {}, h('b', {}, value), h('small', {}, ` ${of}`));
const whole = (count: number) => count.toLocaleString('en-GB');
const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
