/** The status of environments as people read it. */
import { spoken } from '../../core/duration.ts';
import { shortDigest } from '../../core/image.ts';
import { pausedSentence } from '../../core/pause-hook.ts';
import type { Outcome } from '../../core/release.ts';
import { shiftSentence } from '../../core/shift-progress.ts';
import type { EnvironmentStatus, UnderWay } from '../../functions/status/look.ts';
import type { Colour, Terminal } from '../terminal.ts';
import { moment } from '../times.ts';

const column = 12;

export const colourOf: Record<Outcome, Colour> = {
  Deployed: 'green',
  NothingToDo: 'dim',
  Rejected: 'red',
  Superseded: 'yellow',
  RolledBack: 'red',
  NeedsHuman: 'red',
};

export function told(all: readonly EnvironmentStatus[], now: number, screen: Terminal): void {
  all.forEach((one, index) => {
    if (index > 0) screen.say();
    tellOne(one, now, screen);
  });
}

function tellOne(status: EnvironmentStatus, now: number, { say, tell, paint }: Terminal): void {
  const row = (head: string, text: string, colour?: Colour) =>
    tell(`  ${paint('bold', head)}`, text, column, colour);
  const { service, environment, slot, underWay, last } = status;
  say(`${paint('bold', service)} ${environment}`);
  const left = status.runs?.unproved !== undefined && !holderOf(status);
  row('runs', runs(status, now));
  if (left) row('', `but it is set to ${status.runs?.unproved}, which no release has proved`, 'yellow');
  if (slot.paused)
    row('paused', `by ${slot.paused.by}: ${slot.paused.reason} (${moment(slot.paused.at, now)})`, 'yellow');
  const { holder } = slot;
  if (holder) row('slot', `held by ${holder.called} (${holder.release})`);
  for (const { called, release, behind } of slot.waiting)
    row('waits', `${called} behind ${behind} (${release})`);
  for (const release of underWay) {
    row('under way', doing(release, now), 'cyan');
    if (release.traffic) row('', shiftSentence(release.traffic));
    if (release.stopping) row('', `to be stopped, says ${release.stopping}`, 'yellow');
    const { paused } = release;
    if (paused && !release.approval) row('', pausedBy(paused), 'yellow');
    if (release.approval) {
      const { id, expiresAt } = release.approval;
      row('', `waits for approval ${id}, for ${spoken(Math.max(0, expiresAt - now) / 1000)} more`, 'yellow');
    }
  }
  if (last)
    row(
      'last',
      `${last.tag} ${paint(colourOf[last.outcome], last.outcome)} ${moment(last.endedAt, now)}: ${last.reason}`,
    );
}

const holderOf = ({ slot }: EnvironmentStatus) => slot.holder !== undefined;

function runs({ runs: found, unknown }: EnvironmentStatus, now: number): string {
  if (!found) return `unknown: ${unknown}`;
  const { tag, digest, commit, since, taskDefinition, tasks } = found;
  return [
    [tag ?? 'what no release deployed', digest && `(${shortDigest(digest)})`].filter(Boolean).join(' '),
    commit && `commit ${commit.slice(0, 12)}`,
    since !== undefined && moment(since, now),
    `${tasks.running} of ${tasks.desired} tasks`,
    taskDefinition,
  ]
    .filter(Boolean)
    .join(', ');
}

/** Who is to answer, where nobody is asked just now. */
function pausedBy(paused: NonNullable<UnderWay['paused']>): string {
  if (paused.asks) return `${pausedSentence(paused)}: people are asked once it is tested and measured`;
  const { serviceDeploymentArn, hookId } = paused;
  return `${pausedSentence(paused)}, and Tidegate asks nobody: aws ecs continue-service-deployment --service-deployment-arn ${serviceDeploymentArn} --hook-id ${hookId}`;
}

function doing({ tag, state, since, release }: UnderWay, now: number): string {
  const how = state
    ? `${state}${since === undefined ? '' : ` for ${spoken(Math.max(0, now - since) / 1000)}`}`
    : 'starts';
  return `${tag}: ${how} (${release})`;
}
