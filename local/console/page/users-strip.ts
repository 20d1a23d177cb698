/** What the users of each service see, now and since the page was opened. */
import type { SeenService } from '../source.ts';
import { h, show } from './dom.ts';
import { sparkline } from './sparkline.ts';

const kept = 90;

interface Sample {
  perSecond: number;
  errorPercent: number;
  p99: number | undefined;
}

export function usersStrip(place: HTMLElement) {
  const samples = new Map<string, Sample[]>();
  let last = 0;

  return (services: readonly SeenService[], now: number) => {
    // Snapshots also come when a release moves on: a sample a second is enough.
    if (now - last < 900 && last !== 0) return;
    last = now;
    show(
      place,
      ...services.map((seen) => {
        const { service, seconds, requests, errors, p99Milliseconds } = seen;
        const sample = {
          perSecond: requests / Math.max(1, seconds),
          errorPercent: requests > 0 ? (100 * errors) / requests : 0,
          p99: p99Milliseconds,
        };
        const all = [...(samples.get(service) ?? []), sample].slice(-kept);
        samples.set(service, all);
        return card(service, seconds, sample, all);
      }),
    );
  };
}

function card(service: string, seconds: number, now: Sample, all: readonly Sample[]): HTMLElement {
  const silent = now.perSecond === 0;
  const figure = (label: string, value: string, unit: string, values: (number | undefined)[], bad = false) =>
    h(
      'div',
      { class: bad ? 'figure bad' : 'figure' },
      h('span', { class: 'label' }, label),
      h('span', { class: 'value' }, value, h('small', {}, unit)),
      sparkline(values),
    );
  return h(
    'section',
    { class: 'users', 'aria-label': `What users of ${service} see` },
    h('h2', {}, 'What users of ', h('b', {}, service), ' see', h('span', {}, ` last ${seconds} s`)),
    figure(
      'Requests',
      now.perSecond.toFixed(now.perSecond < 10 ? 1 : 0),
      '/s',
      all.map((one) => one.perSecond),
      silent,
    ),
    figure(
      'Errors',
      silent ? '–' : now.errorPercent.toFixed(now.errorPercent < 10 ? 1 : 0),
      '%',
      all.map((one) => one.errorPercent),
      now.errorPercent >= 1,
    ),
    figure(
      'p99 latency',
      now.p99 === undefined ? '–' : now.p99.toFixed(0),
      ' ms',
      all.map((one) => one.p99),
    ),
  );
}
