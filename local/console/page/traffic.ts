/** How much of the users' traffic a new version has, as a bar with a mark at each step. */
import type { EnvironmentStatus } from '../../../functions/status/look.ts';
import { h, svg } from './dom.ts';
import { duration } from './time.ts';

type Traffic = NonNullable<EnvironmentStatus['underWay'][number]['traffic']>;

const width = 240;
const height = 10;

export function trafficBar({ weight, step, steps, leftAtMost, paused }: Traffic): HTMLElement {
  const words =
    step === 0
      ? `no traffic yet, ${steps} ${steps === 1 ? 'step' : 'steps'} to come`
      : `${weight} % of the traffic, step ${step} of ${steps}${
          leftAtMost > 0
            ? `, at most ${duration(leftAtMost * 1000)} ${paused ? 'when it goes on' : 'left'}`
            : ''
        }`;
  const bar = svg(
    'svg',
    { class: 'traffic', viewBox: `0 0 ${width} ${height}`, width, height, 'aria-hidden': 'true' },
    svg('rect', { class: 'old', width, height, rx: 3 }),
    svg('rect', { class: 'new', width: Math.max(step === 0 ? 0 : 3, (width * weight) / 100), height, rx: 3 }),
  );
  return h('span', { class: 'moving' }, bar, h('span', {}, paused ? `paused, ${words}` : words));
}
