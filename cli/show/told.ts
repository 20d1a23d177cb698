/** A release as people read it. */
import * as z from 'zod';
import { spoken } from '../../core/duration.ts';
import { failedTasks } from '../../core/failed-tasks.ts';
import { shortDigest } from '../../core/image.ts';
import { pausedSentence } from '../../core/pause-hook.ts';
import { pausedNow } from '../../core/paused-now.ts';
import { commitSchema, type Outcome } from '../../core/release.ts';
import { colourOf } from '../status/told.ts';
import { tellTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { moment } from '../times.ts';
import type { ShownRelease } from './look.ts';

const column = 12;

const resolvedSchema = z.looseObject({
  release: z.looseObject({
    commit: commitSchema.loose(),
    warnings: z.array(z.string()).optional(),
    runningDigest: z.string().optional(),
  }),
});
const scanSchema = z.looseObject({
  findings: z
    .array(
      z.looseObject({
        id: z.string(),
        severity: z.string(),
        package: z.string(),
        fixed: z.string().optional(),
      }),
    )
    .default([]),
  upgrades: z.array(z.string()).default([]),
});
const approvalSchema = z.looseObject({ decision: z.string(), by: z.string(), reason: z.string().optional() });
const metricsSchema = z.looseObject({
  metrics: z.array(z.looseObject({ name: z.string(), status: z.string(), sentence: z.string() })).default([]),
});
const planSchema = z.looseObject({
  changes: z.array(z.looseObject({ path: z.string() })).default([]),
  warnings: z.array(z.string()).default([]),
});

export function told(seen: ShownRelease, now: number, screen: Terminal): void {
  const { say, tell, paint } = screen;
  const row = (head: string, text: string) => tell(`  ${paint('bold', head)}`, text, column);
  tellHead(seen, now, screen);
  const { ResolveRelease, CheckScan, RequestApproval, PlanDeployment, CompareMetrics } = seen.steps;

  const { commit = {}, warnings = [] } = resolvedSchema.safeParse(ResolveRelease).data?.release ?? {};
  const what = [commit.revision?.slice(0, 12), commit.author && `by ${commit.author}`].filter(Boolean);
  if (what.length > 0) row('commit', what.join(' '));
  if (commit.compareUrl) row('', commit.compareUrl);
  const approval = approvalSchema.safeParse(RequestApproval).data;
  if (approval)
    row('approval', `${approval.decision} by ${approval.by}${approval.reason ? `: ${approval.reason}` : ''}`);
  const paused =
    seen.outcome === 'Running' ? pausedNow({ steps: seen.steps, outcome: undefined }) : undefined;
  if (paused) row('ECS', `is ${pausedSentence(paused)}`);
  if (seen.approval)
    row(
      'approval',
      `${seen.approval.id}, for ${spoken(Math.max(0, seen.approval.expiresAt - now) / 1000)} more`,
    );
  if (seen.behind) row('waits', `behind ${seen.behind}`);
  if (seen.stopping) row('stopping', `${seen.stopping.by}: ${seen.stopping.reason}`);
  const plan = planSchema.safeParse(PlanDeployment).data;
  const changed = plan?.changes.map(({ path }) => path) ?? [];
  if (changed.length > 0) row('changes', changed.join(', '));
  for (const warning of [...warnings, ...(plan?.warnings ?? [])])
    tell(`  ${paint('yellow', '!')} `, warning, 4);
  if (seen.link) row('look', seen.link);

  tellStates(seen, now, screen);

  const { findings = [], upgrades = [] } = scanSchema.safeParse(CheckScan).data ?? {};
  section(
    'What blocks',
    [...upgrades, ...findings.map((one) => `${one.severity} ${one.id} in ${one.package}`)],
    screen,
  );
  const { metrics = [] } = metricsSchema.safeParse(CompareMetrics).data ?? {};
  section(
    'Metrics',
    metrics.map(({ name, status, sentence }) => `${name} ${status}: ${sentence}`),
    screen,
  );
  const failed = failedTasks(seen.steps);
  if (!failed) return;
  const { diagnosis, logTail } = failed;
  if (diagnosis) section('Why tasks failed', [diagnosis.sentence, diagnosis.advice], screen);
  if (logTail.length === 0) return;
  say(paint('bold', '\nLast lines'));
  for (const line of logTail) tell('    ', line, 4, 'dim');
}

function tellHead(seen: ShownRelease, now: number, { say, tell, paint }: Terminal): void {
  const row = (head: string, text: string) => tell(`  ${paint('bold', head)}`, text, column);
  const { request, outcome, reason, startedAt, endedAt } = seen;
  const { service = '', environment = '', push } = request ?? {};
  const colour = colourOf[outcome as Outcome] ?? 'cyan';
  const what = push ? `${service} ${push.tag} to ${environment}` : seen.release;
  say(`${paint('bold', what)}: ${paint(colour, outcome)}`);
  if (reason) tell('  · ', reason, 4);
  say();
  row('release', seen.release);
  if (push) row('image', `${shortDigest(push.digest)}, pushed ${moment(push.pushedAt, now)}`);
  const { rollback, again, promotedFrom } = request ?? {};
  if (rollback) row('asked', `rollback by ${rollback.by}: ${rollback.reason}`);
  if (again) row('asked', `by ${again.by}${again.reason ? `: ${again.reason}` : ''}`);
  if (promotedFrom) row('comes', `from ${promotedFrom.slice(promotedFrom.lastIndexOf(':') + 1)}`);
  if (startedAt !== undefined)
    row(
      'time',
      `${new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ')} UTC, ${
        endedAt === undefined
          ? `for ${spoken((now - startedAt) / 1000)} so far`
          : `took ${spoken((endedAt - startedAt) / 1000)}`
      }`,
    );
}

function tellStates({ states, startedAt = 0 }: ShownRelease, now: number, screen: Terminal): void {
  if (states.length === 0) return;
  screen.say();
  tellTable(
    ['after', 'state', 'took', 'and found'],
    states.map(({ state, at, until, said }) => [
      spoken(Math.max(0, at - startedAt) / 1000),
      state,
      `${spoken(Math.max(0, (until ?? now) - at) / 1000)}${until === undefined ? ' …' : ''}`,
      said ?? '',
    ]),
    screen,
  );
}

function section(title: string, lines: readonly string[], { say, tell, paint }: Terminal): void {
  if (lines.length === 0) return;
  say(paint('bold', `\n${title}`));
  for (const line of lines) tell('  · ', line, 4);
}
