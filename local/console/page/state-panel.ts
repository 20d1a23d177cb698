/** A drawer with all that is known of one state. It stays open while the release goes on. */
import { type Definition, waitsForToken } from './definition.ts';
import { h, show } from './dom.ts';
import { jsonView } from './json-view.ts';
import { parsed, payloadOf, troubleOf } from './payload.ts';
import { failureOf, type StateSummary, statusWords, summaryOf } from './states.ts';
import { elapsed } from './ticking.ts';
import { clockTime, duration } from './time.ts';
import type { Attempt, Reading, Visit } from './visits.ts';

export function statePanel({ States }: Definition, closed: () => void) {
  const body = h('div', { class: 'body' });
  const title = h('h2', { tabindex: -1 });
  const element = h(
    'aside',
    { class: 'drawer', hidden: true, 'aria-label': 'State' },
    h(
      'div',
      { class: 'bar' },
      title,
      h('button', { type: 'button', class: 'close', onclick: close }, 'Close ', h('kbd', {}, 'Esc')),
    ),
    body,
  );
  let state: string | undefined;
  let latest: Reading | undefined;
  let drawn = '';

  function close() {
    if (element.hidden) return;
    element.hidden = true;
    state = undefined;
    closed();
  }
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && close());

  function draw() {
    if (!state || !latest) return;
    const summary = summaryOf(latest, state);
    const text = JSON.stringify([state, summary]);
    if (text === drawn) return;
    drawn = text;
    const definition = States[state];
    title.textContent = state;
    show(
      body,
      definition?.Comment && h('p', { class: 'quiet' }, definition.Comment),
      h(
        'p',
        {},
        h(
          'b',
          { class: `status ${summary.status.replace(' ', '-')}` },
          statusWords[summary.status].sign,
          ' ',
          statusWords[summary.status].words,
        ),
        h(
          'span',
          { class: 'quiet' },
          ` · ${definition?.Type ?? ''}${definition && waitsForToken(definition) ? ', ends when its task token is answered' : ''}`,
        ),
      ),
      ...content(summary),
    );
  }

  return {
    element,
    open(name: string | undefined) {
      state = name;
      element.hidden = name === undefined;
      body.scrollTop = 0;
      draw();
      title.focus({ preventScroll: true });
    },
    draw(reading: Reading) {
      latest = reading;
      draw();
    },
  };
}

function content({ visits }: StateSummary): Node[] {
  const last = visits.at(-1);
  if (!last) return [h('p', {}, 'This release has not come here.')];
  const earlier = visits.slice(0, -1);
  return [
    ...visitContent(last, visits.length),
    ...(earlier.length > 0
      ? [
          h('h3', {}, `Earlier visits (${earlier.length})`),
          ...earlier
            .toReversed()
            .map((visit, index) =>
              h(
                'details',
                { class: 'visit' },
                h('summary', {}, `Visit ${earlier.length - index}, ${clockTime(visit.enteredAt)}`),
                ...visitContent(visit, 1),
              ),
            ),
        ]
      : []),
  ];
}

function visitContent(visit: Visit, count: number): Node[] {
  const { enteredAt, exitedAt, attempts, input, output, assigned } = visit;
  const failure = failureOf(visit);
  const attempt = attempts.at(-1);
  const result = payloadOf(attempt?.output);
  const assignments = Object.entries(assigned ?? {}).map(([name, text]) => [name, parsed(text)]);
  return [
    h(
      'dl',
      { class: 'facts' },
      h('div', {}, h('dt', {}, 'Entered'), h('dd', {}, clockTime(enteredAt))),
      h(
        'div',
        {},
        h('dt', {}, exitedAt === undefined ? 'For' : 'Took'),
        h('dd', {}, exitedAt === undefined ? elapsed(enteredAt) : duration(exitedAt - enteredAt)),
      ),
      ...(attempts.length > 1 ? [h('div', {}, h('dt', {}, 'Attempts'), h('dd', {}, attempts.length))] : []),
      ...(count > 1 ? [h('div', {}, h('dt', {}, 'Visits'), h('dd', {}, count))] : []),
    ),
    ...(failure ? trouble(failure.error, failure.cause) : []),
    ...(attempt && result !== undefined ? [h('h3', {}, 'Output'), jsonView(result)] : []),
    ...(attempts.length > 1 ? [h('h3', {}, 'Attempts'), attemptList(attempts)] : []),
    ...(attempt?.parameters ? [h('h3', {}, 'Input'), jsonView(payloadOf(attempt.parameters))] : []),
    ...(assignments.length > 0 ? [folded('Variables assigned', Object.fromEntries(assignments))] : []),
    ...(input !== undefined ? [folded('State input', parsed(input))] : []),
    ...(output !== undefined ? [folded('State output', parsed(output))] : []),
  ];
}

const folded = (title: string, value: unknown) => {
  const details = h('details', { class: 'visit' }, h('summary', {}, title));
  details.addEventListener('toggle', () => details.children.length < 2 && details.append(jsonView(value)));
  return details;
};

function trouble(error: string, cause: string | undefined): Node[] {
  const { message, trace } = troubleOf(error, cause);
  return [
    h(
      'div',
      { class: 'trouble' },
      h('p', {}, h('b', {}, error)),
      message && h('p', {}, message),
      trace.length > 0 &&
        h(
          'details',
          {},
          h('summary', {}, 'Where it was thrown'),
          h('pre', { tabindex: 0 }, trace.join('\n')),
        ),
    ),
  ];
}

const attemptList = (attempts: readonly Attempt[]) =>
  h(
    'ol',
    { class: 'attempts' },
    ...attempts.map(({ startedAt, endedAt, error, cause }) =>
      h(
        'li',
        { class: error ? 'failed' : '' },
        h('span', { class: 'mono quiet' }, `${clockTime(startedAt)} `),
        error ? h('b', {}, error) : endedAt === undefined ? 'under way' : 'succeeded',
        error ? ` ${troubleOf(error, cause).message}` : '',
      ),
    ),
  );
