/** What is released, what became of it, and why. */
import type { ReleaseRow } from '../wire.ts';
import { h, link, put, show } from './dom.ts';
import { chip, endings } from './ending.ts';
import { fieldsOf, payloadOf } from './payload.ts';
import { elapsed } from './ticking.ts';
import { dateTime, duration } from './time.ts';
import { trafficBar } from './traffic.ts';
import type { Reading } from './visits.ts';

export function releaseHeader() {
  const element = h('div', { class: 'headline' });
  let drawn = '';
  let traffic: Parameters<typeof trafficBar>[0] | undefined;

  return {
    element,
    /** How much of it the new version has by now; undefined where ECS does not move any. */
    moves(now: typeof traffic) {
      traffic = now;
    },
    draw(row: ReleaseRow, reading: Reading) {
      const { commit, warnings } = releaseIn(reading);
      const current = row.endedAt === undefined ? reading.visits.at(-1) : undefined;
      const moving = current && traffic;
      const text = JSON.stringify([row, commit, warnings, current?.state, current?.enteredAt, moving]);
      if (text === drawn) return;
      drawn = text;
      const { service, environment, tag, digest, ending, reason, startedAt, endedAt, name, promotedFrom } =
        row;
      document.title = `${endings[ending].sign} ${tag || name} – Tidegate`;
      show(
        element,
        h(
          'h1',
          {},
          h(
            'span',
            { class: 'of' },
            service,
            environment && ' → ',
            environment &&
              h(
                'a',
                {
                  href: `/console/environment/${encodeURIComponent(service)}/${encodeURIComponent(environment)}`,
                },
                environment,
              ),
          ),
          h('span', { class: 'tag' }, tag || name),
          chip(ending),
          current &&
            h('span', { class: 'now', role: 'status' }, current.state, ' for ', elapsed(current.enteredAt)),
        ),
        moving && h('p', { class: 'reason' }, trafficBar(moving)),
        h('p', { class: 'reason' }, endedAt === undefined ? '' : reason),
        ...warnings.map((warning) => h('p', { class: 'warning' }, `⚠ ${warning}`)),
        facts([
          ['Started', dateTime(startedAt)],
          [
            endedAt === undefined ? 'Running for' : 'Took',
            endedAt === undefined ? elapsed(startedAt) : duration(endedAt - startedAt),
          ],
          ['Digest', digest && h('code', { title: digest }, digest.replace(/^sha256:/, '').slice(0, 12))],
          ['Commit', commit.revision && h('code', { title: commit.revision }, commit.revision.slice(0, 8))],
          ['Author', commit.author],
          ['Version', commit.version],
          ['Built on', commit.base && h('span', { title: commit.base }, commit.base.split('@')[0] ?? '')],
          ['Changes', commit.compareUrl && link(commit.compareUrl, 'Compare with what ran')],
          [
            'Promoted from',
            promotedFrom &&
              h('a', { href: `/console/${encodeURI(promotedFrom)}` }, promotedFrom.split(':').at(-1)),
          ],
        ]),
      );
    },
  };
}

function facts(all: [string, string | Node | undefined][]): HTMLElement {
  const list = h('dl', { class: 'facts' });
  for (const [term, value] of all) {
    if (value) put(list, h('div', {}, h('dt', {}, term), h('dd', {}, value)));
  }
  return list;
}

interface Known {
  commit: { revision?: string; author?: string; version?: string; base?: string; compareUrl?: string };
  warnings: string[];
}

function releaseIn({ visits }: Reading): Known {
  const output = visits.findLast(({ state }) => state === 'ResolveRelease')?.attempts.at(-1)?.output;
  const { commit, warnings } = fieldsOf(fieldsOf(payloadOf(output)).release);
  return { commit: fieldsOf(commit), warnings: Array.isArray(warnings) ? warnings.map(String) : [] };
}
