/** What the checks found: tasks that failed, the metrics before and after, the scan, and what the deployment changes. */
import type { Comparison } from '../../../core/judge/verdict.ts';
import type { Plan } from '../../../core/plan.ts';
import type { ReleaseTask } from '../../../core/release-task.ts';
import type { ScanVerdict } from '../../../core/scan/verdict.ts';
import { changesPanel } from './changes.ts';
import { h } from './dom.ts';
import { failedTasksPanel, releaseTaskPanel, type SeenFailing } from './failed-tasks.ts';
import { metricsPanel } from './metrics.ts';
import { fieldsOf, payloadOf } from './payload.ts';
import { scanPanel } from './scan.ts';
import type { Reading } from './visits.ts';

export function evidence() {
  const element = h('div', { class: 'evidence' });
  let drawn = '';
  return {
    element,
    draw(reading: Reading) {
      const comparison = answerOf(reading, 'CompareMetrics');
      const scan = answerOf(reading, 'CheckScan');
      const plan = answerOf(reading, 'PlanDeployment');
      const awaited = answerOf(reading, 'AwaitDeployment');
      const confirmed = answerOf(reading, 'ConfirmRelease');
      const releaseTask = answerOf(reading, 'RunReleaseTask');
      const text = JSON.stringify([comparison, scan, plan, awaited, confirmed, releaseTask]);
      if (text === drawn || element.contains(document.activeElement)) return;
      drawn = text;
      const panels = [
        ...[awaited, comparison, confirmed].map(
          (seen) => hasFailing(seen?.value) && failedTasksPanel(seen.value),
        ),
        isFailedTask(releaseTask?.value) && releaseTaskPanel(releaseTask.value),
        isComparison(comparison?.value) && metricsPanel(comparison.value, momentsOf(reading, comparison.at)),
        isScan(scan?.value) && scanPanel(scan.value),
        isPlan(plan?.value) && changesPanel(plan.value),
      ];
      element.replaceChildren(...panels.filter((panel) => panel !== false));
    },
  };
}

/** What a step answered last, and when. */
function answerOf({ visits }: Reading, state: string): { value: unknown; at: number } | undefined {
  const attempt = visits
    .findLast((visit) => visit.state === state && visit.attempts.at(-1)?.output !== undefined)
    ?.attempts.at(-1);
  return attempt && { value: payloadOf(attempt.output), at: attempt.endedAt ?? attempt.startedAt };
}

/** ms since the epoch. */
export interface Moments {
  startedAt?: number;
  stableAt?: number;
  decidedAt: number;
}

function momentsOf(reading: Reading, decidedAt: number): Moments {
  const { startedAt } = fieldsOf(answerOf(reading, 'StartDeployment')?.value);
  const { at } = fieldsOf(answerOf(reading, 'AwaitDeployment')?.value);
  return {
    ...(typeof startedAt === 'number' && { startedAt }),
    ...(typeof at === 'number' && { stableAt: at }),
    decidedAt,
  };
}

// The steps answered by their schemas; an execution of another state machine may have states of the same names.
const hasFailing = (value: unknown): value is SeenFailing => {
  const { stoppedTasks, diagnosis } = fieldsOf(value);
  return Array.isArray(stoppedTasks) && (stoppedTasks.length > 0 || diagnosis !== undefined);
};
const isFailedTask = (value: unknown): value is ReleaseTask =>
  fieldsOf(value).status === 'fail' && 'logTail' in fieldsOf(value);
const isComparison = (value: unknown): value is Comparison =>
  'series' in fieldsOf(value) && 'metrics' in fieldsOf(value);
const isScan = (value: unknown): value is ScanVerdict =>
  'summary' in fieldsOf(value) && 'findings' in fieldsOf(value);
const isPlan = (value: unknown): value is Plan => 'changes' in fieldsOf(value);
