/** What grows older on the page while it is looked at, by the time of the world that is shown. */
import { h } from './dom.ts';
import { ago, dateTime, duration } from './time.ts';

let ahead = 0;

/** Call it with the world's time whenever the server tells it. */
export function setNow(now: number): void {
  ahead = now - Date.now();
}

export const worldNow = () => Date.now() + ahead;

/** A text that says how long it has been. */
export function elapsed(since: number): HTMLElement {
  return h('span', { 'data-since': since }, duration(worldNow() - since));
}

export function howLongAgo(at: number): HTMLElement {
  return h(
    'time',
    { datetime: new Date(at).toISOString(), 'data-ago': at, title: dateTime(at) },
    ago(at, worldNow()),
  );
}

/** Keeps all of them right from now on. */
export function startTicking(): void {
  setInterval(() => {
    const now = worldNow();
    for (const each of document.querySelectorAll<HTMLElement>('[data-since]')) {
      each.textContent = duration(now - Number(each.dataset.since));
    }
    for (const each of document.querySelectorAll<HTMLElement>('[data-ago]')) {
      each.textContent = ago(Number(each.dataset.ago), now);
    }
  }, 1000);
}
