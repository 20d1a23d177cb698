/** Tasks that failed: why, what to do, each with its reason and exit code, and the last lines they wrote. */
import type { Diagnosis } from '../../../core/diagnosis/schema.ts';
import type { ReleaseTask } from '../../../core/release-task.ts';
import type { StoppedTask } from '../../../core/rollout.ts';
import { h } from './dom.ts';
import { table } from './scan.ts';

/** What a step answers that has seen tasks fail. */
export interface SeenFailing {
  diagnosis?: Diagnosis | undefined;
  stoppedTasks: readonly StoppedTask[];
}

export function failedTasksPanel({ diagnosis, stoppedTasks }: SeenFailing): HTMLElement {
  return panel(
    'Stopped tasks',
    diagnosis,
    table(
      ['Task', 'Container', 'Exit code', 'Cause', 'What ECS says'],
      stoppedTasks.map(({ task, container = '–', exitCode, cause, stopCode, reason }) => [
        h('code', { title: task }, task.slice(0, 8)),
        container,
        exitCode === undefined ? '–' : String(exitCode),
        cause ?? '–',
        h('span', {}, h('code', {}, stopCode), ` ${reason}`),
      ]),
    ),
    ...stoppedTasks.map(({ task, container, logTail }) =>
      lastLines(`${container ?? 'the task'} in ${task.slice(0, 8)}`, logTail),
    ),
  );
}

export const releaseTaskPanel = ({ diagnosis, sentence, logTail }: ReleaseTask): HTMLElement =>
  panel('Release task', diagnosis, h('p', {}, sentence), lastLines('the release task', logTail));

const panel = (title: string, diagnosis: Diagnosis | undefined, ...content: (Node | false)[]) =>
  h(
    'section',
    { class: 'panel failed-tasks', 'aria-label': title },
    h('h2', {}, title, h('small', {}, diagnosis ? ` ${diagnosis.cause}` : '')),
    diagnosis && h('p', {}, diagnosis.sentence),
    diagnosis && h('p', { class: 'advice' }, h('b', {}, 'What to do: '), diagnosis.advice),
    ...content,
    diagnosis &&
      diagnosis.evidence.length > 0 &&
      h(
        'details',
        {},
        h('summary', {}, 'In the words of ECS'),
        h('ul', {}, ...diagnosis.evidence.map((text) => h('li', {}, text))),
      ),
  );

const lastLines = (whose: string, lines: readonly string[]) =>
  lines.length > 0 &&
  h(
    'figure',
    { class: 'log' },
    h('figcaption', {}, `Last lines of ${whose}`),
    h('pre', { tabindex: 0 }, lines.join('\n')),
  );
