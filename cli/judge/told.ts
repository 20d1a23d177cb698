/** A judgement of the past as people read it: the sentence, the table, the chart, and every look. */
import { spoken } from '../../core/duration.ts';
import { blockChart, chartKey } from '../../core/judge/block-chart.ts';
import type { Moments } from '../../core/judge/plots.ts';
import type { PastLook } from '../../core/judge/replay.ts';
import type { Finding, Status } from '../../core/judge/verdict.ts';
import { percent, quantity } from '../../core/judge/wording.ts';
import type { Colour, Terminal } from '../terminal.ts';

const colours: Record<Status, Colour> = {
  pass: 'green',
  fail: 'red',
  inconclusive: 'yellow',
  continue: 'dim',
};
const decisions = {
  keep: 'kept',
  'take back': 'taken back',
  'ask a person': 'left to a person',
  'look again': 'looked at again, and its window is not over',
  'look at the deployment': 'left to the deployment',
};

export function told(looks: readonly PastLook[], moments: Moments, screen: Terminal): void {
  const { say, tell, paint } = screen;
  const last = looks.at(-1);
  if (!last) return;
  const { comparison } = last;
  say();
  tell(
    '',
    `It would have been ${paint('bold', decisions[comparison.decision])}: ${paint(colours[comparison.status], comparison.status)}`,
  );
  tell('', comparison.headline);
  say();
  for (const line of table(comparison, moments)) say(`  ${line}`);
  say();
  const decided = { ...moments, decidedAt: last.at };
  for (const line of blockChart(comparison, decided)) say(`  ${line}`);
  say(paint('dim', `  ${chartKey(decided)}`));
  say();
  say(paint('bold', `${looks.length} of ${comparison.looks.planned} looks`));
  for (const { at, comparison: seen } of looks) {
    const after = moments.stableAt === undefined ? '' : spoken((at - moments.stableAt) / 1000);
    tell(`  ${after.padEnd(13)}${paint(colours[seen.status], seen.status.padEnd(13))}`, seen.headline, 28);
  }
}

function table({ metrics, series }: PastLook['comparison'], { startedAt }: Moments): string[] {
  const last = `last ${spoken(lastSeconds(series.requests, startedAt))}`;
  const rows = [['', 'before', last, 'after', 'verdict'], ...metrics.map(row)];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Five minutes, or as long as there were figures before the deployment. */
function lastSeconds(requests: PastLook['comparison']['series']['requests'], startedAt?: number): number {
  const first = requests[0]?.[0];
  return first === undefined || startedAt === undefined ? 300 : Math.min(300, (startedAt - first) / 1000);
}

function row(finding: Finding): string[] {
  const verdict = finding.report ? `${finding.status}, only reported` : finding.status;
  return [finding.name, ...figures(finding), verdict];
}

function figures(finding: Finding): string[] {
  switch (finding.kind) {
    case 'errors':
      return [finding.before, finding.last, finding.after].map(({ errors, requests }) =>
        requests > 0 ? `${percent(errors / requests)} of ${Math.round(requests)}` : 'nothing',
      );
    case 'latency':
      return [finding.before, finding.last, finding.after].map(({ points, ...of }) => {
        const value = of.p99Milliseconds ?? of.p90Milliseconds ?? of.p50Milliseconds;
        return value === undefined ? 'nothing' : `${quantity(value, 'ms')} (${points})`;
      });
    case 'gauge':
      return [finding.before, finding.last, finding.after].map(({ mean, points }) =>
        mean === undefined ? 'nothing' : `${quantity(mean, finding.unit)} (${points})`,
      );
    case 'limit': {
      const max = finding.unit === 'share' ? percent(finding.max) : quantity(finding.max, finding.unit);
      return ['', `at most ${max}`, `${finding.above} of ${finding.of} above`];
    }
    case 'alarms':
      return ['', '', finding.firing.join(', ') || 'none fired'];
    case 'targets':
      return ['', '', `none healthy in ${finding.periods}`];
  }
}
