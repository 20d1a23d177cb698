/** The page of all releases. */
import type { ReleasesSnapshot } from '../wire.ts';
import { asidePanels } from './aside.ts';
import { h, part, put } from './dom.ts';
import { listen } from './live.ts';
import { releaseTable } from './release-table.ts';
import { setNow, startTicking } from './ticking.ts';
import { usersStrip } from './users-strip.ts';

const strip = usersStrip(part('users'));
const panels = asidePanels(part('aside'));
let table: ReturnType<typeof releaseTable> | undefined;

listen('/console/api/live', {
  releases({ now, releases, surroundings }: ReleasesSnapshot) {
    setNow(now);
    table ??= releaseTable(part('releases'));
    table(releases);
    strip(surroundings.services, now);
    panels(surroundings);
    const links = part('links');
    if (surroundings.slack && !links.querySelector('.slack')) {
      put(links, h('a', { href: surroundings.slack, class: 'slack' }, 'Slack'));
    }
  },
});
startTicking();
