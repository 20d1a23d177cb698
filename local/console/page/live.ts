/** The event stream of a page. A lost connection is said on the page, and come back to by the browser itself. */
import { part } from './dom.ts';

export function listen(address: string, handlers: Record<string, (data: never) => void>): EventSource {
  const source = new EventSource(address);
  const connection = part('connection');
  const say = (state: string, words: string) => {
    connection.dataset.state = state;
    connection.textContent = words;
  };
  source.onopen = () => say('live', 'Live');
  source.onerror = () =>
    say('lost', source.readyState === EventSource.CLOSED ? 'Not connected' : 'Reconnecting…');
  for (const [event, handle] of Object.entries(handlers)) {
    source.addEventListener(event, ({ data }) => handle(JSON.parse(data) as never));
  }
  return source;
}
