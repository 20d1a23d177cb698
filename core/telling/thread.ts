/** What is answered in the thread of a release's message: the details, for who looks into it. */
import * as z from 'zod';
import { failedTasks } from '../failed-tasks.ts';
import { planSchema } from '../plan.ts';
import type { ReleaseRecord } from '../record.ts';
import type { Outcome } from '../release.ts';
import { bullets, type Message, message, section } from '../slack-blocks.ts';
import { code, codeBlock, escaped, mentions } from '../slack-text.ts';
import { findingLines, metricSentences } from './evidence.ts';
import { headline } from './release-message.ts';
import { type Told, type ToldRelease, toldRelease } from './told-release.ts';

export interface Reply {
  /** The same for the same reply: it is given once. */
  name: string;
  message: Message;
  /** The channel sees it too. */
  broadcast: boolean;
}

/** `posted`: before it was over, so that a change of its message tells nobody that it failed. */
export function replies(told: Told, posted: boolean): Reply[] {
  const release = toldRelease(told);
  if (release?.phase !== 'Ended') return [];
  const details = detailsOf(release);
  return [
    ...(details ? [{ name: 'details', message: details, broadcast: false }] : []),
    ...(posted && isAnnounced(release)
      ? [{ name: 'announcement', message: announcement(release), broadcast: true }]
      : []),
  ];
}

const decidedSchema = z.looseObject({ decision: z.string() });

/** Failures, and what was taken back. What a person rejected they know. */
function isAnnounced({ outcome, steps }: ToldRelease): boolean {
  if (outcome === 'RolledBack' || outcome === 'NeedsHuman') return true;
  const { decision } = decidedSchema.safeParse(steps.RequestApproval).data ?? {};
  return outcome === 'Rejected' && decision !== 'rejected';
}

function announcement(release: ToldRelease): Message {
  const said = mentions(escaped(`${headline(release)} – ${release.reason}`));
  return message(said, [section(said)]);
}

/** Characters of log, and lines of a list, that a reply is to hold at most. */
const mostLog = 2400;
const mostLines = 20;

const toldAtLength: readonly (Outcome | undefined)[] = ['RolledBack', 'NeedsHuman', 'Rejected'];

function detailsOf({ outcome, steps }: ToldRelease): Message | undefined {
  if (!toldAtLength.includes(outcome)) return undefined;
  const { stoppedTasks = [], logTail = [] } = failedTasks(steps) ?? {};
  const { task, container } = stoppedTasks.find((one) => one.logTail.length > 0) ?? {};
  const whose =
    task && container ? `${code(container)} in task ${code(task.slice(0, 8))}` : 'the release task';
  const metrics = metricSentences(steps, 'all');
  const findings = outcome === 'Rejected' ? findingLines(steps) : [];
  const changed = changedPaths(steps);
  const blocks = [
    ...(logTail.length > 0 ? [section(`Last lines of ${whose}\n${codeBlock(logTail, mostLog)}`)] : []),
    ...(metrics.length > 0 ? [section(`*Metrics*\n${bullets(metrics, mostLines)}`)] : []),
    ...(findings.length > 0 ? [section(`*Findings*\n${bullets(findings, mostLines)}`)] : []),
    ...(changed ? [section(`Changed: ${changed}`)] : []),
    ...(schemaStays(outcome, steps) ? [section(notUndone)] : []),
  ];
  return blocks.length > 0 ? message('Details', blocks) : undefined;
}

const mostPaths = 10;

/** Where the new task definition differs. Not how: values may be secret. */
function changedPaths({ PlanDeployment }: ReleaseRecord['steps']): string {
  const { changes = [], others = {} } = planSchema.safeParse(PlanDeployment).data ?? {};
  const alongside = Object.entries(others).flatMap(([service, plan]) =>
    plan.changes.map(({ path }) => `${escaped(service)}: ${code(path)}`),
  );
  const paths = [...changes.map(({ path }) => code(path)), ...alongside];
  const more = paths.length > mostPaths ? ` and ${paths.length - mostPaths} more` : '';
  return paths.slice(0, mostPaths).join(', ') + more;
}

const notUndone =
  'The release task had ended well before; what it changed, such as a schema, is not rolled back.';
const releaseTaskSchema = z.looseObject({ status: z.literal('pass') });
const schemaStays = (outcome: Outcome | undefined, { RunReleaseTask }: ReleaseRecord['steps']) =>
  outcome !== 'Rejected' && releaseTaskSchema.safeParse(RunReleaseTask).success;
