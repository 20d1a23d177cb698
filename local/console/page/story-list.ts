/** What happened, in sentences: the lines that `npm start` prints. */
import type { ReleaseRow, StoryLine, ToldEvent } from '../wire.ts';
import { h, show } from './dom.ts';
import { chip } from './ending.ts';
import { keyed } from './keyed.ts';
import { payloadOf, saysNo } from './payload.ts';
import { elapsed } from './ticking.ts';
import { duration } from './time.ts';
import { detailsOf } from './visits.ts';

const signs = { done: '✓', waiting: '◔', failed: '✕' } as const;

/** A line whose step found something against the release is no success, though the step worked. */
const asFound = ({ event, line }: ToldEvent): StoryLine | undefined =>
  line && saysNo(payloadOf(String(detailsOf(event).output))) ? { ...line, mark: 'failed' } : line;

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
    draw(told: readonly ToldEvent[], { ending, startedAt, endedAt }: ReleaseRow) {
      update(
        told.flatMap((one) => {
          const line = asFound(one);
          return line ? [{ key: String(one.event.id), line }] : [];
        }),
      );
      if (last.dataset.ending === ending) return;
      last.dataset.ending = ending;
      show(
        last,
        h(
          'span',
          { class: 'after' },
          '+',
          endedAt === undefined ? elapsed(startedAt) : duration(endedAt - startedAt),
        ),
        chip(ending),
      );
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
      mark === 'failed' && h('span', { class: 'unseen' }, ' against the release:'),
      ' ',
      text,
    ),
  );
