/** The table of releases, and what narrows it down. The filter is in the address, so that going back finds it again. */
import type { Ending, ReleaseRow } from '../wire.ts';
import { h, show } from './dom.ts';
import { chip, endings } from './ending.ts';
import { matches } from './filter.ts';
import { keyed } from './keyed.ts';
import { elapsed, worldNow } from './ticking.ts';
import { dateTime, dayTime, duration } from './time.ts';

export function releaseTable(place: HTMLElement) {
  const wanted = new URL(location.href).searchParams;
  let rows: readonly ReleaseRow[] = [];

  const text = h('input', {
    ...{
      type: 'search',
      id: 'filter-text',
      placeholder: 'Filter: tag, digest, reason…',
      autocomplete: 'off',
    },
    value: wanted.get('q') ?? undefined,
    oninput: () => draw(),
  });
  const ending = h(
    'select',
    { id: 'filter-ending', onchange: () => draw() },
    h('option', { value: '' }, 'Any outcome'),
    ...Object.entries(endings).map(([value, { words }]) =>
      h('option', { value, selected: wanted.get('outcome') === value }, words),
    ),
  );
  const count = h('p', { class: 'quiet', role: 'status' });
  const body = h('tbody');
  const update = keyed(body, (row: ReleaseRow) => row.executionArn, tableRow);
  const heads = ['Outcome', 'Service', 'Environment', 'Tag', 'Digest', 'Reason', 'Started', 'Took'];
  const table = h(
    'table',
    { class: 'releases' },
    h('caption', { class: 'unseen' }, 'Releases, newest first'),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    body,
  );
  const none = h('div', { class: 'empty' });

  show(
    place,
    h(
      'div',
      { class: 'filter', role: 'search' },
      h('label', { for: 'filter-text', class: 'unseen' }, 'Filter releases by text'),
      text,
      h('label', { for: 'filter-ending', class: 'unseen' }, 'Filter releases by outcome'),
      ending,
      count,
      h('p', { class: 'quiet keys' }, h('kbd', {}, '/'), ' filters'),
    ),
    table,
    none,
  );
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      text.focus();
    }
    if (event.key === 'Escape' && event.target === text) {
      text.value = '';
      draw();
    }
  });

  function draw() {
    const shown = rows.filter((row) => matches(row, text.value, ending.value as Ending | ''));
    update(shown);
    table.hidden = shown.length === 0;
    none.hidden = shown.length > 0;
    if (shown.length === 0)
      show(none, ...(rows.length === 0 ? howToPush() : [h('p', {}, 'No release is like that.')]));
    count.hidden = rows.length === 0;
    count.textContent =
      shown.length === rows.length
        ? `${rows.length} release${rows.length === 1 ? '' : 's'}`
        : `${shown.length} of ${rows.length}`;
    const address = new URL(location.href);
    const keep = (name: string, value: string) =>
      value ? address.searchParams.set(name, value) : address.searchParams.delete(name);
    keep('q', text.value);
    keep('outcome', ending.value);
    if (address.href !== location.href) history.replaceState(null, '', address);
  }

  return (releases: readonly ReleaseRow[]) => {
    rows = releases;
    draw();
  };
}

function tableRow(row: ReleaseRow): Element {
  const { executionArn, service, environment, tag, digest, current, startedAt, endedAt, name } = row;
  const cell = (label: string, className: string, ...children: Parameters<typeof h>[2][]) =>
    h('td', { 'data-label': label, class: className }, ...children);
  return h(
    'tr',
    {},
    cell(
      'Outcome',
      'outcome',
      chip(row.ending),
      current && h('span', { class: 'now' }, current.state, ' ', elapsed(current.since)),
    ),
    cell('Service', 'service', service),
    cell(
      'Environment',
      'environment',
      environment &&
        h(
          'a',
          {
            href: `/console/environment/${encodeURIComponent(service)}/${encodeURIComponent(environment)}`,
            title: 'What runs there, who has the slot and who waits',
          },
          environment,
        ),
    ),
    cell('Tag', 'tag', h('a', { href: `/console/${encodeURI(executionArn)}` }, tag || name)),
    cell('Digest', 'mono', h('span', { title: digest }, digest.replace(/^sha256:/, '').slice(0, 12))),
    cell('Reason', 'reason', row.reason),
    cell(
      'Started',
      'number',
      h(
        'time',
        { datetime: new Date(startedAt).toISOString(), title: dateTime(startedAt) },
        dayTime(startedAt, worldNow()),
      ),
    ),
    cell('Took', 'number', endedAt === undefined ? elapsed(startedAt) : duration(endedAt - startedAt)),
  );
}

function howToPush() {
  return [
    h('h2', {}, 'No releases yet'),
    h(
      'p',
      {},
      'A release starts when an image is pushed. Push one that fails a request in twenty, and watch it being taken back:',
    ),
    h('pre', {}, 'npm run push -- my-api --variant errors'),
    h('p', { class: 'quiet' }, 'Other variants: good, slow, crash, unhealthy, vulnerable.'),
  ];
}
