/** What Slack shows: calm, the cause first, words as well as colour. Text from outside is escaped and bounded. */
import type { KnownBlock } from '@slack/types';
import * as z from 'zod';
import { spoken } from './duration.ts';
import { failedTasks } from './failed-tasks.ts';
import { shortDigest } from './image.ts';
import { chartBlocks } from './measured-message.ts';
import { planSchema } from './plan.ts';
import type { ReleaseRecord } from './record.ts';
import { type Outcome, type ReleaseRequest, requestedAt } from './release.ts';
import { codeBlock, cut, escaped, limits } from './slack-text.ts';

export interface Message {
  /** For notifications and screen readers. */
  text: string;
  blocks: KnownBlock[];
}

const words: Record<Outcome, { mark: string; phrase: string }> = {
  Deployed: { mark: '✅', phrase: 'deployed' },
  NothingToDo: { mark: '➖', phrase: 'nothing to do' },
  Rejected: { mark: '⛔', phrase: 'rejected, nothing deployed' },
  Superseded: { mark: '⏭', phrase: 'superseded' },
  RolledBack: { mark: '↩️', phrase: 'rolled back' },
  NeedsHuman: { mark: '🚨', phrase: 'needs a human' },
};

export interface EndedRelease {
  request: ReleaseRequest;
  outcome: Outcome;
  reason: string;
  record: ReleaseRecord;
  /** To the execution. */
  link: string | undefined;
}

export function endedMessage({ request, outcome, reason, record, link }: EndedRelease): Message {
  const { service, environment, push, rollback, again } = request;
  const { mark, phrase } = words[outcome];
  const headline = `${mark} ${service} ${push.tag}: ${phrase} (${environment})`;
  const seconds = record.endedAt === undefined ? undefined : (record.endedAt - requestedAt(request)) / 1000;
  const context = [
    `digest \`${shortDigest(push.digest)}\``,
    ...(seconds === undefined ? [] : [`${spoken(seconds)} after the ${rollback ? 'request' : 'push'}`]),
    ...(rollback ? [escaped(`rollback by ${rollback.by}: ${rollback.reason}`)] : []),
    ...(again ? [escaped(`asked for by ${again.by}${again.reason ? `: ${again.reason}` : ''}`)] : []),
    ...(link ? [`<${link}|execution>`] : []),
  ];
  return {
    text: cut(escaped(`${headline} – ${reason}`), limits.text),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(headline, limits.header), emoji: true } },
      ...whyBlocks(outcome, reason, record.steps),
      ...(outcome === 'Rejected' ? whatToUpgrade(record) : []),
      ...warningBlocks(warningsIn(record)),
      { type: 'context', elements: [{ type: 'mrkdwn', text: context.join(' · ') }] },
    ],
  };
}

export const section = (text: string): KnownBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cut(text, limits.section) },
});

/** Of the release itself, where it came so far. */
const resolvedSchema = z.looseObject({ release: z.looseObject({ warnings: z.array(z.string()) }) });
const warningsIn = ({ steps }: ReleaseRecord) =>
  resolvedSchema.safeParse(steps.ResolveRelease).data?.release.warnings ?? [];
export const warningBlocks = (warnings: readonly string[]) =>
  warnings.map((warning) => section(`⚠️ *${escaped(warning)}*`));

const toldAtLength: readonly Outcome[] = ['RolledBack', 'NeedsHuman', 'Rejected'];

/** What happened and, where it went wrong, what to do, the last lines of tasks that failed, and what was changed. */
function whyBlocks(outcome: Outcome, reason: string, steps: ReleaseRecord['steps']): KnownBlock[] {
  if (!toldAtLength.includes(outcome)) return [section(escaped(reason) || '–')];
  const { diagnosis, stoppedTasks = [], logTail = [] } = failedTasks(steps) ?? {};
  const { task, container } = stoppedTasks.find((one) => one.logTail.length > 0) ?? {};
  const whose =
    task && container ? `\`${escaped(container)}\` in task \`${task.slice(0, 8)}\`` : 'the release task';
  const changed = changedPaths(steps);
  return [
    section(escaped(diagnosis ? reason.replaceAll(` → ${diagnosis.advice}`, '') : reason) || '–'),
    ...(diagnosis ? [section(`*What to do:* ${escaped(diagnosis.advice)}`)] : []),
    ...(outcome === 'RolledBack' ? chartBlocks(steps) : []),
    ...(logTail.length > 0 ? [section(`Last lines of ${whose}\n${codeBlock(logTail, mostLog)}`)] : []),
    ...(changed ? [section(`Changed: ${changed}`)] : []),
    ...(schemaStays(outcome, steps) ? [section(notUndone)] : []),
  ];
}

/** Where the new task definition differs. Not how: values may be secret. */
function changedPaths({ PlanDeployment }: ReleaseRecord['steps']): string {
  const { changes = [], others = {} } = planSchema.safeParse(PlanDeployment).data ?? {};
  const inCode = ({ path }: { path: string }) => `\`${escaped(path.replaceAll('`', "'"))}\``;
  const alongside = Object.entries(others).flatMap(([service, plan]) =>
    plan.changes.map((change) => `${escaped(service)}: ${inCode(change)}`),
  );
  const paths = [...changes.map(inCode), ...alongside];
  const more = paths.length > mostPaths ? ` and ${paths.length - mostPaths} more` : '';
  return paths.slice(0, mostPaths).join(', ') + more;
}

/** Characters of log, and parts of the task definition, that a message is to hold at most. */
const mostLog = 2400;
const mostPaths = 10;

const notUndone =
  'The release task had ended well before; what it changed, such as a schema, is not rolled back.';
const releaseTaskSchema = z.looseObject({ status: z.literal('pass') });
const schemaStays = (outcome: Outcome, { RunReleaseTask }: ReleaseRecord['steps']) =>
  outcome !== 'Rejected' && releaseTaskSchema.safeParse(RunReleaseTask).success;

const stoppedByScan = z.looseObject({
  status: z.literal('fail'),
  upgrades: z.array(z.string()).min(1),
});

function whatToUpgrade({ steps }: ReleaseRecord): KnownBlock[] {
  const { upgrades = [] } = stoppedByScan.safeParse(steps.CheckScan).data ?? {};
  if (upgrades.length === 0) return [];
  const lines = upgrades.map((line) => `• ${escaped(line)}`);
  return [{ type: 'section', text: { type: 'mrkdwn', text: cut(lines.join('\n'), limits.section) } }];
}
