/** What did not become a release: events that no function took, and pushes that were ignored. */
import type { DeadLetter, IgnoredPush, Surroundings } from '../source.ts';
import { h, show } from './dom.ts';
import { jsonView } from './json-view.ts';
import { keyed } from './keyed.ts';
import { howLongAgo } from './ticking.ts';

export function asidePanels(place: HTMLElement) {
  const letters = h('ul', { class: 'list' });
  const pushes = h('ul', { class: 'list' });
  const drawLetters = keyed(letters, keyOf, deadLetter);
  const drawPushes = keyed(pushes, keyOf, ignoredPush);
  const lettersPanel = panel('Dead letters', 'Events that no function could be made to take', letters);
  const pushesPanel = panel('Ignored pushes', 'They started no release, and why', pushes);
  show(place, h('div', { class: 'panels' }, lettersPanel, pushesPanel));

  return ({ deadLetters, ignoredPushes }: Surroundings) => {
    drawLetters(deadLetters);
    drawPushes(ignoredPushes);
    lettersPanel.hidden = deadLetters.length === 0;
    pushesPanel.hidden = ignoredPushes.length === 0;
  };
}

const keyOf = (item: unknown) => JSON.stringify(item);

const panel = (title: string, means: string, list: HTMLElement) =>
  h('section', { class: 'panel', hidden: true }, h('h2', {}, title, h('small', {}, ` ${means}`)), list);

const deadLetter = ({ at, function: name, event, error }: DeadLetter) =>
  h(
    'li',
    {},
    h(
      'p',
      {},
      h('span', { class: 'sign bad', 'aria-hidden': 'true' }, '✕ '),
      h('b', {}, name),
      ' ',
      howLongAgo(at),
    ),
    h('p', {}, error),
    h('details', {}, h('summary', {}, 'Event'), jsonView(event)),
  );

const ignoredPush = ({ at, repository, tag, reason }: IgnoredPush) =>
  h(
    'li',
    {},
    h('p', {}, h('b', { class: 'mono' }, `${repository}:${tag}`), ' ', howLongAgo(at)),
    h('p', { class: 'quiet' }, reason),
  );
