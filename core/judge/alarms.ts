/** Alarms of CloudWatch that somebody made: one that fires after the deployment's start fails the release. */
import type { Turn } from './looks.ts';
import type { AlarmsFinding, Status } from './verdict.ts';

export interface SeenAlarm {
  name: string;
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** When it came into that state, ms since the epoch. */
  since: number;
}

/**
 * One that was in ALARM before and still is does not count: as with ECS's own alarms, what burned before is no proof. One that
 * does not exist vouches for nothing.
 */
export function judgeAlarms(
  names: readonly string[],
  seen: readonly SeenAlarm[],
  startedAt: number,
  turn: Turn,
): AlarmsFinding {
  const firing = seen.filter(({ state }) => state === 'ALARM');
  const newly = firing.filter(({ since }) => since >= startedAt).map(({ name }) => name);
  const before = firing.filter(({ since }) => since < startedAt).map(({ name }) => name);
  const missing = names.filter((name) => !seen.some((alarm) => alarm.name === name));
  const finding = (status: Status, sentence: string): AlarmsFinding => ({
    ...{ kind: 'alarms', name: 'alarms', status, sentence },
    ...{ watched: names.length, firing: newly, firingBefore: before, missing },
  });
  if (newly.length > 0) return finding('fail', `${the(newly)} fired after the deployment had started`);
  const still = before.length > 0 ? `, ${the(before)} as before` : '';
  if (missing.length > 0)
    return finding(turn.main ? 'inconclusive' : 'continue', `${the(missing)} does not exist${still}`);
  const quiet = names.length === before.length ? 'no other alarm fired' : 'no alarm fired';
  return finding(turn.main ? 'pass' : 'continue', quiet + still);
}

const the = (names: readonly string[]) => `${names.length > 1 ? 'alarms' : 'alarm'} ${names.join(', ')}`;
