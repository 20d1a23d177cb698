/** The state machine as a picture: what was done is marked on it, and each state can be opened. */
import type { Definition } from './definition.ts';
import { h, svg } from './dom.ts';
import { type Box, type Line, layout, type Point } from './graph.ts';
import { isLive, type StateSummary, statusWords, summaryOf } from './states.ts';
import { duration } from './time.ts';
import type { Reading } from './visits.ts';

export function graphView(definition: Definition, opened: (state: string | undefined) => void) {
  const { boxes, lines, width, height } = layout(definition);
  const drawnLines = lines.map((line) => ({ line, element: drawLine(line) }));
  const nodes = new Map(boxes.map((box) => [box.name, node(box)]));
  let selected: string | undefined;

  const picture = svg(
    'svg',
    {
      ...{
        viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
        width: Math.ceil(width),
        height: Math.ceil(height),
      },
      ...{
        role: 'group',
        'aria-label': 'State machine. Arrow keys go from state to state, Enter opens one.',
      },
      onkeydown: keys,
    },
    svg('g', {}, ...drawnLines.map(({ element }) => element)),
    ...[...nodes.values()].map(({ element }) => element),
  );
  const errors = h('input', {
    ...{ type: 'checkbox', id: 'error-ways' },
    onchange: () => element.classList.toggle('all-errors', errors.checked),
  });
  const element = h(
    'section',
    { class: 'graph', 'aria-label': 'Flow' },
    h(
      'div',
      { class: 'bar' },
      h('h2', {}, 'Flow'),
      h('label', { for: 'error-ways' }, errors, ' Ways of unexpected errors'),
    ),
    h('div', { class: 'scroll' }, picture),
  );

  for (const [name, { element: group }] of nodes) {
    group.addEventListener('click', () => select(name));
    group.addEventListener('focus', () => roam(name));
  }
  const inOrder = boxes.toSorted((a, b) => a.y - b.y || a.x - b.x).map(({ name }) => name);
  roam(inOrder[0] ?? '');

  /** One state is in the order of tabs; arrow keys reach the others. */
  function roam(to: string) {
    for (const [name, { element: group }] of nodes) group.setAttribute('tabindex', name === to ? '0' : '-1');
  }

  function keys(event: KeyboardEvent) {
    const name = (event.target as Element).closest<SVGGElement>('.node')?.dataset.state;
    if (!name) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      select(name);
      return;
    }
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    nodes.get(inOrder[inOrder.indexOf(name) + step] ?? '')?.element.focus();
  }

  function select(state: string | undefined) {
    if (selected) {
      nodes.get(selected)?.element.removeAttribute('aria-pressed');
      if (!state) nodes.get(selected)?.element.focus({ preventScroll: true });
    }
    selected = state;
    if (!state) return;
    nodes.get(state)?.element.setAttribute('aria-pressed', 'true');
    opened(state);
  }

  return {
    element,
    /** Without a state the selection ends, and the focus is where it was. */
    select,
    draw(reading: Reading) {
      for (const [name, one] of nodes) one.draw(summaryOf(reading, name));
      for (const { line, element: drawn } of drawnLines) {
        const taken = reading.taken.has(`${line.from} ${line.to}`) && takenAs(line, reading);
        drawn.classList.toggle('taken', taken);
        // Where ways share a lane, those that were taken are on top.
        if (taken) drawn.parentNode?.append(drawn);
      }
    },
  };
}

/** Two ways may lead to the same state, one of them for errors. */
function takenAs({ from, to, kind }: Line, { visits }: Reading): boolean {
  return visits.some((visit, index) => {
    const before = visits.slice(0, index).findLast(({ state }) => state === from);
    return (
      visit.state === to && visit.cameFrom === from && (before?.status === 'caught') === (kind === 'catch')
    );
  });
}

/** How wide a letter is, about, in the two sizes of a box. */
const letter = { name: 7, note: 5.6 };

function node(box: Box) {
  const { name, shape, x, y, width, height } = box;
  const [left, right] = [x - width / 2, x + width / 2];
  const sign = svg('text', { class: 'sign', x: left + 13, y: y + 4, 'text-anchor': 'middle' });
  const note = svg('text', { class: 'note', x: right - 9, y: y + 4, 'text-anchor': 'end' });
  const title = svg('title');
  const element = svg(
    'g',
    { class: `node ${shape}`, role: 'button', 'data-state': name },
    title,
    svg('path', { class: 'box', d: outline(box) }),
    shape === 'callback' &&
      svg('path', { class: 'inner', d: `M${left + 4} ${y - height / 2 + 4}v${height - 8}` }),
    sign,
    svg('text', { class: 'name', x: left + 24, y: y + 4 }, shortened(name, shape === 'choice' ? 18 : 22)),
    note,
  );
  return {
    element,
    draw(summary: StateSummary) {
      const { status, visits, retries, milliseconds } = summary;
      const { words, sign: mark } = statusWords[status];
      element.setAttribute(
        'class',
        `node ${shape} ${status.replace(' ', '-')}${isLive(status) ? ' live' : ''}`,
      );
      sign.textContent = shape === 'choice' && status === 'succeeded' ? '' : mark;
      const times = retries + visits.length;
      const took = isLive(status) || milliseconds < 50 || shape === 'wait' ? '' : duration(milliseconds);
      const counted = times > 1 ? `×${times}` : '';
      const room = width - 24 - 9 - 4 - name.length * letter.name;
      // The title has all of it.
      const both = [counted, took].filter(Boolean).join(' · ');
      note.textContent =
        [both, took, took.replace(/ min \d+ s$/, ' min'), counted].find(
          (text) => text.length * letter.note <= room,
        ) ?? '';
      const again = times > 1 ? `, tried ${times} times` : '';
      title.textContent = `${name}: ${words}${again}${took && `, ${took}`}`;
      element.setAttribute('aria-label', title.textContent);
    },
  };
}

function outline({ shape, x, y, width, height }: Box): string {
  const [left, right, top, bottom] = [x - width / 2, x + width / 2, y - height / 2, y + height / 2];
  if (shape === 'choice') {
    const tip = 11;
    return `M${left} ${y}L${left + tip} ${top}H${right - tip}L${right} ${y}L${right - tip} ${bottom}H${left + tip}Z`;
  }
  const radius = shape === 'succeed' || shape === 'fail' || shape === 'wait' ? height / 2 : 6;
  const turn = (dx: number, dy: number) => `a${radius} ${radius} 0 0 1 ${dx * radius} ${dy * radius}`;
  return `M${left + radius} ${top}H${right - radius}${turn(1, 1)}V${bottom - radius}${turn(-1, 1)}H${left + radius}${turn(-1, -1)}V${top + radius}${turn(1, -1)}Z`;
}

function drawLine(line: Line): SVGGElement {
  const { points, kind, anyError, label, from, to } = line;
  const end = points.at(-1);
  const start = points[0];
  const shown = line.labelled && start;
  // Who waits for an answer looks for it now and then: no fault, though it is a time that ran out.
  const looks = kind === 'catch' && from === to;
  const said = looks ? 'looks again' : label;
  return svg(
    'g',
    { class: `way ${kind}${anyError ? ' any-error' : ''}${looks ? ' look' : ''}` },
    svg('title', {}, `${from} → ${to}${said && `: ${said}`}`),
    svg('path', { class: 'line', d: rounded(points) }),
    end && svg('path', { class: 'head', d: head(end, points.at(-2) ?? end) }),
    shown &&
      svg(
        'text',
        { class: 'label', x: start.x + 5, y: start.y + (line.labelled === 'above' ? -4 : 11) },
        shortened(said, 18),
      ),
  );
}

function rounded(points: readonly Point[]): string {
  const radius = 5;
  const parts = points.map((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (!before || !after) return `${before ? 'L' : 'M'}${point.x} ${point.y}`;
    const near = (other: Point) => {
      const length = Math.hypot(other.x - point.x, other.y - point.y) || 1;
      const share = Math.min(radius, length / 2) / length;
      return `${point.x + (other.x - point.x) * share} ${point.y + (other.y - point.y) * share}`;
    };
    return `L${near(before)}Q${point.x} ${point.y} ${near(after)}`;
  });
  return parts.join('');
}

function head(tip: Point, from: Point): string {
  const [dx, dy] = [Math.sign(tip.x - from.x), Math.sign(tip.y - from.y)];
  return `M${tip.x} ${tip.y}l${-5 * dx - 3 * dy} ${-5 * dy - 3 * dx}l${6 * dy} ${6 * dx}Z`;
}

const shortened = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
