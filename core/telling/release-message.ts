/** The one message of a release, as it reads at each phase: calm, the cause first, words as well as signs. */
import type { KnownBlock } from '@slack/types';
import * as z from 'zod';
import { spoken } from '../duration.ts';
import { failedTasks } from '../failed-tasks.ts';
import { shortDigest } from '../image.ts';
import { pausedShortly } from '../pause-hook.ts';
import type { Phase } from '../phase.ts';
import type { Outcome } from '../release.ts';
import { rollBackButton, rollBackCommand } from '../roll-back-dialog.ts';
import {
  bullets,
  context,
  facts,
  header,
  type Message,
  message,
  section,
  warningBlocks,
} from '../slack-blocks.ts';
import { code, cut, escaped, link, mentions, moment } from '../slack-text.ts';
import { chartBlocks, isCharted } from './chart.ts';
import { failingEndpoints, metricSentences, stoppedTaskLines, upgradeLines } from './evidence.ts';
import { progress } from './progress.ts';
import { type Told, type ToldRelease, toldRelease } from './told-release.ts';
import { underWay } from './under-way.ts';

const endings: Record<Outcome, { sign: string; phrase: string }> = {
  Deployed: { sign: '✅', phrase: 'deployed' },
  NothingToDo: { sign: '➖', phrase: 'nothing to do' },
  Rejected: { sign: '⛔', phrase: 'rejected, nothing deployed' },
  Superseded: { sign: '⏭', phrase: 'superseded' },
  RolledBack: { sign: '↩️', phrase: 'rolled back' },
  NeedsHuman: { sign: '🚨', phrase: 'needs a human' },
};

const onItsWay: Record<Exclude<Phase, 'Ended'>, { sign?: string; phrase: string }> = {
  Scanning: { phrase: 'waits for its scan' },
  // The request itself is a message of its own, with the buttons.
  AwaitingApproval: { phrase: 'waits for approval' },
  AwaitingSlot: { phrase: 'waits for its turn' },
  Preparing: { phrase: 'is being prepared' },
  Deploying: { phrase: 'is being deployed' },
  Testing: { phrase: 'is being tested' },
  Shifting: { phrase: 'is getting its users' },
  Comparing: { phrase: 'is being compared' },
  Confirming: { phrase: 'is being watched' },
  RollingBack: { sign: '↩️', phrase: 'is being rolled back' },
};

/** As its header and notifications have it. */
export function headline({ phase, outcome, paused, service, tag, environment }: ToldRelease): string {
  const { sign, phrase }: { sign?: string; phrase: string } =
    phase === 'Ended'
      ? endings[outcome ?? 'NeedsHuman']
      : paused
        ? { phrase: `is ${pausedShortly(paused)}, waits for approval` }
        : onItsWay[phase];
  return `${sign ? `${sign} ` : ''}${service} ${tag}: ${phrase} (${environment})`;
}

/** Undefined where people need not hear of it: nothing is known yet, or the push changes nothing. `posted`: there is a message already. */
export function releaseMessage(told: Told, posted: boolean): Message | undefined {
  const release = toldRelease(told);
  if (!release || (release.outcome === 'NothingToDo' && !posted)) return undefined;
  const { phase, outcome } = release;
  const first = headline(release);
  const why = phase === 'Ended' || phase === 'RollingBack' ? escaped(withoutAdvice(release)) : '';
  const said = mentions(phase === 'Ended' ? why || '–' : underWay(release));
  const notified = `${escaped(first)}${why ? ` – ${why}` : ''}`;
  return message(notified, [
    header(first),
    section(said, { url: release.link, label: 'Open execution' }),
    ...brokenGlass(release),
    ...against(release, said),
    ...warningBlocks(release.warnings),
    ...facts([
      ['Commit', commit(release)],
      ['By', release.author && escaped(cut(release.author, 200))],
      ['Changes', release.compareUrl && link(release.compareUrl, 'what changed')],
      [release.rollback ? 'Asked for' : 'Pushed', moment(release.requestedAt)],
      [release.rollback ? 'Rollback by' : 'Again by', askedBy(release)],
      [
        'Took',
        release.seconds !== undefined && outcome !== 'Superseded' ? spoken(release.seconds) : undefined,
      ],
      ['Runs now', release.runsNow && escaped(release.runsNow)],
    ]),
    ...context([progress(release)]),
    ...context([
      `image ${code(shortDigest(release.digest))}`,
      release.rollBack === 'command' ? `to go back: ${code(rollBackCommand(release))}` : undefined,
    ]),
    ...(release.rollBack === 'button' ? [rollBackButton(release.name)] : []),
  ]);
}

const commit = ({ revision, commitUrl }: ToldRelease): string | undefined => {
  const short = revision && cut(revision, /^[0-9a-f]{13,}$/i.test(revision) ? 13 : 60).replace(/…$/, '');
  return short && (commitUrl ? link(commitUrl, short) : code(short));
};

const askedBy = ({ asked }: ToldRelease): string | undefined =>
  asked && mentions(escaped(`${asked.by}${asked.reason ? `: ${cut(asked.reason, 300)}` : ''}`));

const glassSchema = z.looseObject({
  brokenGlass: z.literal(true),
  by: z.string(),
  reason: z.string().default(''),
});
const failedScan = z.looseObject({ status: z.literal('fail'), summary: z.string() });

/** A gate had said no, and people let it through: said wherever the release is spoken of. */
function brokenGlass({ steps }: ToldRelease): KnownBlock[] {
  const glass = glassSchema.safeParse(steps.RequestApproval).data;
  if (!glass) return [];
  const scan = failedScan.safeParse(steps.CheckScan).data;
  return [
    section(`🚨 *The glass was broken* by ${mentions(escaped(glass.by))}: ${escaped(glass.reason)}`),
    ...(scan ? [section(`*The scan gate had said:* ${escaped(scan.summary)}`)] : []),
  ];
}

/** What to do has a block of its own. */
function withoutAdvice({ reason, steps }: ToldRelease): string {
  const { diagnosis } = failedTasks(steps) ?? {};
  return diagnosis ? reason.replaceAll(` → ${diagnosis.advice}`, '') : reason;
}

const most = 5;

/** Where it went wrong: what speaks against it beside what was `said`, and what to do. */
function against({ phase, outcome, steps, pictured }: ToldRelease, said: string): KnownBlock[] {
  const wrong = ['RolledBack', 'NeedsHuman', 'Rejected'].includes(outcome ?? '');
  if (!wrong && phase !== 'RollingBack') {
    const unsure = metricSentences(steps, 'inconclusive');
    return outcome === 'Deployed' && unsure.length > 0
      ? [section(`*Too little to judge*\n${bullets(unsure, most)}`)]
      : [];
  }
  const { diagnosis } = failedTasks(steps) ?? {};
  const lists = [
    failingEndpoints(steps),
    metricSentences(steps, 'fail'),
    stoppedTaskLines(steps),
    outcome === 'Rejected' ? upgradeLines(steps) : [],
  ];
  return [
    ...lists
      .map((lines) => lines.filter((line) => !said.includes(line)))
      .filter((lines) => lines.length > 0)
      .map((lines) => section(bullets(lines, most))),
    ...(diagnosis ? [section(`*What to do:* ${escaped(diagnosis.advice)}`)] : []),
    ...(isCharted(outcome) ? chartBlocks(steps, pictured) : []),
  ];
}
