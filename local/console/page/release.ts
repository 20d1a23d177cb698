/** The page of one release: reads it once, then follows its history until it has ended. */
import type { Ending, ReleaseDetails, ReleaseRow, ToldEvent } from '../wire.ts';
import type { Definition } from './definition.ts';
import { h, part, put, show } from './dom.ts';
import { eventsTable } from './events-table.ts';
import { evidence } from './evidence.ts';
import { graphView } from './graph-view.ts';
import { listen } from './live.ts';
import { pollEnvironments } from './polled.ts';
import { releaseHeader } from './release-header.ts';
import { statePanel } from './state-panel.ts';
import { storyList } from './story-list.ts';
import { setNow, startTicking } from './ticking.ts';
import { timeline } from './timeline.ts';
import { readVisits } from './visits.ts';

const main = part('main');
const executionArn = decodeURIComponent(location.pathname.slice('/console/'.length));
const address = `/console/api/releases/${encodeURIComponent(executionArn)}`;

/** Such an execution did not come to record its end: the clean-up does, a moment later. */
const stopped: readonly Ending[] = ['Stopped', 'TimedOut', 'Failed'];

function open({ now, row, definition, told, slack }: ReleaseDetails) {
  setNow(now);
  if (slack) put(part('links'), h('a', { href: slack }, 'Slack'));
  const machine = definition as Definition;
  const header = releaseHeader();
  const panel = statePanel(machine, () => graph.select(undefined));
  const graph = graphView(machine, (state) => panel.open(state));
  const story = storyList((state) => graph.select(state));
  const proofs = evidence();
  const bars = timeline((state) => graph.select(state));
  const events = eventsTable((state) => graph.select(state));
  show(
    main,
    header.element,
    h('div', { class: 'release' }, graph.element, h('div', { class: 'told' }, story.element, proofs.element)),
    bars.element,
    events.element,
    panel.element,
  );

  let known = [...told];
  let latest = row;
  let drawing = false;
  const draw = () => {
    drawing = false;
    const reading = readVisits(known.map(({ event }) => event));
    header.draw(latest, reading);
    graph.draw(reading);
    story.draw(known, latest);
    proofs.draw(reading);
    bars.draw(reading, latest);
    events.draw(known, reading, latest);
    panel.draw(reading);
  };
  const drawSoon = () => {
    if (!drawing) requestAnimationFrame(draw);
    drawing = true;
  };
  draw();

  if (row.endedAt !== undefined) return;
  pollEnvironments((snapshot) => {
    const all = snapshot?.environments.flatMap(({ underWay }) => underWay) ?? [];
    header.moves(all.find(({ release }) => release === latest.name)?.traffic);
    drawSoon();
    return latest.endedAt === undefined ? 'go on' : 'enough';
  });
  const stream = listen(`${address}/events?after=${known.at(-1)?.event.id ?? 0}`, {
    history(one: ToldEvent) {
      // After a lost connection some may come twice.
      if (one.event.id <= (known.at(-1)?.event.id ?? 0)) return;
      known = [...known, one];
      drawSoon();
    },
    ended({ row: ended, now: at }: { row: ReleaseRow; now: number }) {
      setNow(at);
      latest = ended;
      stream.close();
      part('connection').textContent = '';
      drawSoon();
      if (stopped.includes(ended.ending)) setTimeout(readAgain, 3000);
    },
  });

  async function readAgain() {
    const answer = await fetch(address).catch(() => undefined);
    if (!answer?.ok) return;
    latest = ((await answer.json()) as ReleaseDetails).row;
    drawSoon();
  }
}

const answer = await fetch(address).catch(() => undefined);
if (answer?.ok) {
  open(await answer.json());
  startTicking();
} else {
  const why = answer?.status === 404 ? 'There is no such release.' : 'The console does not answer.';
  show(
    main,
    h('div', { class: 'empty' }, h('h1', {}, why), h('p', {}, h('a', { href: '/console' }, 'All releases'))),
  );
}
