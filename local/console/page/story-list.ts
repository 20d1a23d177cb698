/** What happened, in sentences: the lines that `npm start` prints. */
import type { ReleaseRow, StoryLine, ToldEvent } from '../wire.ts';
import { h } from './dom.ts';
import { chip } from './ending.ts';
import { keyed } from './keyed.ts';
import { duration } from './time.ts';

const signs = { done: '✓', waiting: '◔', failed: '✕' } as const;

export function storyList(select: (state: string) => void) {
  const list = h('ol', { class: 'story' });
  const update = keyed(
    list,
    ({ key }: { key: string; line: StoryLine }) => key,
    ({ line }) => drawLine(line, select),
  );
  const last = h('div', { class: 'story-end' });
  const element = h(
    'section',
    { class: 'panel', 'aria-label': 'What happened' },
    h('h2', {}, 'What happened'),
    list,
    last,
  );
  return {
    element,
    draw(told: readonly ToldEvent[], { ending, reason }: ReleaseRow) {
      update(told.flatMap(({ event, line }) => (line ? [{ key: String(event.id), line }] : [])));
      last.replaceChildren(chip(ending), ending === 'Running' ? '' : ` ${reason}`);
    },
  };
}

const drawLine = ({ afterMs, state, text, mark }: StoryLine, select: (state: string) => void) =>
  h(
    'li',
    { class: mark },
    h('span', { class: 'after' }, `+${duration(afterMs)}`),
    h('span', { class: 'sign', 'aria-hidden': 'true' }, signs[mark]),
    h(
      'p',
      {},
      h('button', { type: 'button', class: 'state', onclick: () => select(state) }, state),
      mark === 'failed' && h('span', { class: 'unseen' }, 'failed: '),
      ' ',
      text,
    ),
  );
