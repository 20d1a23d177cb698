/** Before and after the deployment: three curves on one time scale, and the numbers that the verdict was made of. */
import type { Comparison } from '../../../core/judge/verdict.ts';
import { charts } from './charts.ts';
import { h } from './dom.ts';
import type { Moments } from './evidence.ts';
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
  const [errors, latency] = metrics;
  const rate = ({ requests, errors: failed }: (typeof errors)['before']) =>
    requests > 0 ? figure(percent(failed / requests), `of ${whole(requests)}`) : 'no requests';
  const p99 = ({ p99Milliseconds: value, points }: (typeof latency)['before']) =>
    value === undefined ? 'no figures' : figure(`${value.toFixed(0)} ms`, `${points} points`);
  return table(
    ['', 'Before', `Last ${lastSpan(series, startedAt)} before`, 'After', 'Verdict'],
    [
      ['Errors', rate(errors.before), rate(errors.last), rate(errors.after), verdict(errors.status)],
      ['p99', p99(latency.before), p99(latency.last), p99(latency.after), verdict(latency.status)],
    ],
  );
}

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
