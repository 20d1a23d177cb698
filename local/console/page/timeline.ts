/** A bar for each state: when it was at work, on the scale of the whole release. */
import type { ReleaseRow } from '../wire.ts';
import { h, show } from './dom.ts';
import { ticks } from './scale.ts';
import { isLive, statusOf, statusWords } from './states.ts';
import { worldNow } from './ticking.ts';
import { duration } from './time.ts';
import type { Reading, Visit } from './visits.ts';

export function timeline(select: (state: string) => void) {
  const rows = h('div', { class: 'rows' });
  const element = h(
    'section',
    { class: 'panel timeline', 'aria-label': 'Timeline' },
    h('h2', {}, 'Timeline'),
    rows,
  );
  let drawnAt = 0;
  let again: ReturnType<typeof setInterval> | undefined;

  function draw(reading: Reading, row: ReleaseRow) {
    const until = row.endedAt ?? worldNow();
    drawnAt = until;
    const whole = Math.max(1, until - row.startedAt);
    const percent = (at: number) => `${Math.min(100, Math.max(0, (100 * (at - row.startedAt)) / whole))}%`;
    const shown = reading.visits.filter((visit) => visit.type === 'Task' || visit.type === 'Wait');
    const byState = Map.groupBy(shown, ({ state }) => state);
    show(
      rows,
      axis(whole),
      ...[...byState].map(([state, visits]) => {
        const track = h('div', { class: 'track' }, ...visits.map((visit) => bar(visit, until, percent)));
        const total = visits.reduce((sum, { enteredAt, exitedAt = until }) => sum + exitedAt - enteredAt, 0);
        return h(
          'div',
          { class: 'row' },
          h('button', { type: 'button', class: 'state', onclick: () => select(state) }, state),
          track,
          h('span', { class: 'number' }, duration(total)),
        );
      }),
    );
  }

  return {
    element,
    draw(reading: Reading, row: ReleaseRow) {
      clearInterval(again);
      draw(reading, row);
      if (row.endedAt === undefined) {
        again = setInterval(
          () => worldNow() - drawnAt > 900 && !rows.contains(document.activeElement) && draw(reading, row),
          1000,
        );
      }
    },
  };
}

function bar(visit: Visit, until: number, percent: (at: number) => string): HTMLElement {
  const { state, type, enteredAt, exitedAt = until, attempts } = visit;
  const status = statusOf(visit);
  const { words } = statusWords[status];
  const pieces =
    attempts.length > 1
      ? attempts.map((one) => ({ from: one.startedAt, to: one.endedAt ?? exitedAt, error: one.error }))
      : [];
  const element = h('span', {
    class: `bar-of ${type.toLowerCase()} ${status.replace(' ', '-')}${isLive(status) ? ' live' : ''}`,
    title: `${state}: ${words}, ${duration(exitedAt - enteredAt)}${attempts.length > 1 ? `, ${attempts.length} attempts` : ''}`,
  });
  place(element, percent(enteredAt), percent(exitedAt));
  const whole = Math.max(1, exitedAt - enteredAt);
  for (const { from, to, error } of pieces) {
    const piece = h('i', { class: error ? 'failed' : '' });
    place(piece, `${(100 * (from - enteredAt)) / whole}%`, `${(100 * (to - enteredAt)) / whole}%`);
    element.append(piece);
  }
  return element;
}

/** Through the object model: the page's policy allows no style in markup. */
function place(element: HTMLElement, from: string, to: string) {
  // What took no time to speak of is still to be seen.
  element.style.left = `min(${from}, 100% - 3px)`;
  element.style.width = `calc(${to} - ${from})`;
}

function axis(whole: number): HTMLElement {
  const marks = ticks(0, whole / 1000, 6).map((seconds) => {
    const mark = h('span', { class: 'tick' }, duration(seconds * 1000).replace(/ 00 (s|min)$|\.0(?= s)/, ''));
    mark.style.left = `${(100_000 * seconds) / whole}%`;
    return mark;
  });
  return h(
    'div',
    { class: 'row axis', 'aria-hidden': 'true' },
    h('span'),
    h('div', { class: 'track' }, ...marks),
    h('span'),
  );
}
