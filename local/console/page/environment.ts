/** The page of an environment: what runs there, who has the slot, who waits behind whom, and whether it is paused. */
import type { EnvironmentStatus } from '../../../functions/status/look.ts';
import type { EnvironmentsSnapshot } from '../wire.ts';
import { type Child, h, part, show } from './dom.ts';
import { chip } from './ending.ts';
import { pollEnvironments } from './polled.ts';
import { elapsed, howLongAgo, setNow, startTicking } from './ticking.ts';
import { trafficBar } from './traffic.ts';

const main = part('main');
const [service = '', environment = ''] = decodeURIComponent(location.pathname)
  .slice('/console/environment/'.length)
  .split('/');
let drawn = '';
/** ARNs of executions end with their names. */
let prefix = '';

function see({ now, environments }: EnvironmentsSnapshot): void {
  setNow(now);
  const found = environments.find((one) => one.service === service && one.environment === environment);
  const text = JSON.stringify([found ?? null, prefix]);
  if (text === drawn) return;
  drawn = text;
  document.title = `${service} ${environment} – Tidegate`;
  if (found) show(main, ...draw(found, environments));
  else
    show(
      main,
      h('div', { class: 'empty' }, h('h1', {}, 'There is no such environment.'), ...links(environments)),
    );
}

const to = (release: string, text: Child) =>
  prefix ? h('a', { href: `/console/${encodeURI(prefix + release)}` }, text) : h('span', {}, text);

function draw(status: EnvironmentStatus, all: readonly EnvironmentStatus[]): Child[] {
  const { runs, unknown, slot, underWay, last } = status;
  const { paused, holder, waiting } = slot;
  return [
    h(
      'h1',
      { class: 'place' },
      h('span', { class: 'of' }, service),
      ` ${environment}`,
      paused && h('span', { class: 'paused' }, 'Paused'),
    ),
    h('p', { class: 'others' }, ...links(all.filter((one) => one !== status))),
    paused && h('p', { class: 'notice warn' }, `${paused.by}: ${paused.reason} `, howLongAgo(paused.at)),
    h(
      'div',
      { class: 'panels' },
      panel('Runs', runs ? running(runs) : h('p', { class: 'quiet' }, `Unknown: ${unknown}`)),
      panel(
        'Slot',
        holder
          ? h('p', {}, 'Held by ', to(holder.release, holder.called))
          : h('p', { class: 'quiet' }, paused ? 'Free, and paused' : 'Free'),
        waiting.length > 0 &&
          h(
            'ol',
            { class: 'line' },
            ...waiting.map((one) => h('li', {}, to(one.release, one.called), ` waits behind ${one.behind}`)),
          ),
      ),
      panel(
        'Under way',
        underWay.length === 0
          ? h('p', { class: 'quiet' }, 'Nothing')
          : h('ul', { class: 'line' }, ...underWay.map(one)),
      ),
      panel(
        'Last',
        last
          ? h(
              'p',
              {},
              chip(last.outcome),
              ' ',
              to(last.release, last.tag),
              ' ',
              howLongAgo(last.endedAt),
              h('span', { class: 'why' }, last.reason),
            )
          : h('p', { class: 'quiet' }, 'No release has ended here'),
      ),
    ),
  ];
}

const panel = (title: string, ...children: Child[]) =>
  h('section', { class: 'panel' }, h('h2', {}, title), ...children);

function running({
  tag,
  digest,
  commit,
  since,
  taskDefinition,
  tasks,
  unproved,
}: NonNullable<EnvironmentStatus['runs']>) {
  const fact = (term: string, value: Child) => h('div', {}, h('dt', {}, term), h('dd', {}, value));
  return h(
    'dl',
    { class: 'facts' },
    fact('Version', tag ?? 'What no release deployed'),
    digest && fact('Digest', h('code', { title: digest }, digest.replace(/^sha256:/, '').slice(0, 12))),
    commit && fact('Commit', h('code', { title: commit }, commit.slice(0, 8))),
    since !== undefined && fact('Since', howLongAgo(since)),
    fact('Tasks', `${tasks.running} of ${tasks.desired}`),
    fact('Task definition', taskDefinition),
    unproved && fact('Being brought in', unproved),
  );
}

function one({
  release,
  tag,
  state,
  since,
  traffic,
  paused,
  approval,
  stopping,
}: EnvironmentStatus['underWay'][number]) {
  return h(
    'li',
    {},
    to(release, tag),
    ` ${state ?? 'starts'} `,
    since !== undefined && elapsed(since),
    traffic && trafficBar(traffic),
    paused && !paused.asks && h('span', { class: 'why' }, 'a hook of the service waits for an answer'),
    approval && h('span', { class: 'why' }, `waits for approval ${approval.id}`),
    stopping && h('span', { class: 'why' }, `to be stopped, says ${stopping}`),
  );
}

const links = (all: readonly EnvironmentStatus[]) =>
  all.map((other) =>
    h(
      'a',
      {
        href: `/console/environment/${encodeURIComponent(other.service)}/${encodeURIComponent(other.environment)}`,
      },
      `${other.service} ${other.environment}`,
    ),
  );

startTicking();
pollEnvironments((snapshot) => {
  const connection = part('connection');
  connection.dataset.state = snapshot ? 'live' : 'lost';
  connection.textContent = snapshot ? 'Live' : 'Reconnecting…';
  if (snapshot) see(snapshot);
  return 'go on';
});
const releases = await fetch('/console/api/releases').catch(() => undefined);
if (releases?.ok) {
  const [first] = (await releases.json()).releases;
  prefix = first ? first.executionArn.slice(0, -first.name.length) : '';
  drawn = '';
}
