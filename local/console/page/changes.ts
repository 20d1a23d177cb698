/** The exact difference between the task definition that ran and the one that is deployed. */
import type { Plan } from '../../../core/plan.ts';
import { h } from './dom.ts';

export function changesPanel({ unchanged = false, others = {}, ...leading }: Plan): HTMLElement {
  const alongside = Object.values(others);
  return h(
    'section',
    { class: 'panel', 'aria-label': 'Changes to the task definition' },
    ...changesOf({ ...leading, ...(unchanged && { decision: 'skip' as const }) }),
    ...alongside.flatMap((plan) => changesOf(plan)),
  );
}

/** Of one ECS service. */
function changesOf({ decision, changes, runningTaskDefinitionArn }: Plan): HTMLElement[] {
  const runs = runningTaskDefinitionArn.split('/').at(-1);
  return [
    h('h2', {}, 'Changes', h('small', {}, ` to ${runs}, which is the way back`)),
    changes.length === 0
      ? h('p', {}, decision === 'skip' ? 'None: it runs this image already.' : 'No difference.')
      : h(
          'ul',
          { class: 'changes' },
          ...changes.map(({ path, before, after }) =>
            h(
              'li',
              {},
              h('code', {}, path),
              h('del', {}, h('span', { class: 'unseen' }, 'before: '), before || 'nothing'),
              h('ins', {}, h('span', { class: 'unseen' }, 'after: '), after || 'nothing'),
            ),
          ),
        ),
  ];
}
