/** The exact difference between the task definition that ran and the one that is deployed. */
import type { Plan } from '../../../core/plan.ts';
import { h } from './dom.ts';

export function changesPanel({ changes, runningTaskDefinitionArn }: Plan): HTMLElement {
  return h(
    'section',
    { class: 'panel', 'aria-label': 'Changes to the task definition' },
    h(
      'h2',
      {},
      'Changes',
      h('small', {}, ` to ${runningTaskDefinitionArn.split('/').at(-1)}, which is the way back`),
    ),
    changes.length === 0
      ? h('p', {}, 'No difference.')
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
  );
}
