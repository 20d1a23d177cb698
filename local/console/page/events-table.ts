/** The history, event by event, as Step Functions keeps it. */
import type { ReleaseRow, ToldEvent, WireEvent } from '../wire.ts';
import { h } from './dom.ts';
import { jsonView } from './json-view.ts';
import { keyed } from './keyed.ts';
import { parsed } from './payload.ts';
import { clockTime, duration } from './time.ts';
import { detailsOf, type Reading } from './visits.ts';

interface EventRow {
  event: WireEvent;
  state: string;
  after: number;
}

export function eventsTable(select: (state: string) => void) {
  const body = h('tbody');
  const update = keyed(
    body,
    ({ event }: EventRow) => String(event.id),
    (row) => drawRow(row, select),
  );
  const count = h('small');
  const heads = ['Id', 'Time', 'Elapsed', 'Type', 'State', 'Details'];
  const element = h(
    'section',
    { class: 'panel', 'aria-label': 'Event history' },
    h('h2', {}, 'Event history', count),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        { class: 'events' },
        h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
        body,
      ),
    ),
  );
  return {
    element,
    draw(told: readonly ToldEvent[], { stateOf }: Reading, { startedAt }: ReleaseRow) {
      count.textContent = ` ${told.length} events`;
      update(
        told.map(({ event }) => ({
          event,
          state: stateOf.get(event.id) ?? '',
          after: Date.parse(event.timestamp) - startedAt,
        })),
      );
    },
  };
}

function drawRow({ event, state, after }: EventRow, select: (state: string) => void): Element {
  const failed = /(Failed|TimedOut|Aborted)$/.test(event.type);
  return h(
    'tr',
    { class: failed ? 'failed' : '' },
    h('td', { class: 'number' }, event.id),
    h('td', { class: 'number' }, clockTime(Date.parse(event.timestamp))),
    h('td', { class: 'number' }, `+${duration(after)}`),
    h('td', {}, failed && h('span', { class: 'sign', 'aria-hidden': 'true' }, '✕ '), event.type),
    h(
      'td',
      {},
      state && h('button', { type: 'button', class: 'state', onclick: () => select(state) }, state),
    ),
    h('td', {}, details(event)),
  );
}

/** Drawn when it is opened: a history may have thousands of them. */
function details(event: WireEvent): Node | undefined {
  const fields = detailsOf(event);
  if (Object.keys(fields).length === 0) return undefined;
  const element = h(
    'details',
    {},
    h(
      'summary',
      {},
      Object.keys(fields)
        .filter((key) => !key.endsWith('Details'))
        .join(', '),
    ),
  );
  element.addEventListener('toggle', () => {
    if (element.children.length > 1) return;
    const readable = Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'string' ? (parsed(value) ?? value) : value,
    ]);
    element.append(jsonView(Object.fromEntries(readable)));
  });
  return element;
}
