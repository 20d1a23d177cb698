/** A release of several ECS services: what is asked of one at a time, and how their answers become one. Of a single one it is that one's. */
import type { Confirmation } from './confirmation.ts';
import type { Diagnosis } from './diagnosis/schema.ts';
import { mostPausesAtOnce } from './pause-hook.ts';
import type { Deployment, Plan, Revision } from './plan.ts';
import type { Release, Target } from './release.ts';
import type { Return, Rollback } from './rollback.ts';
import { isToCheck, lastWords, type Rollout } from './rollout.ts';

/** What concerns one ECS service of a release, as if it had no other. */
export interface Part {
  release: Release;
  revision: Revision;
}

/** The leading ECS service is the first. Checks and the release task are its alone. */
export function services(release: Release): Release[] {
  const { others = [], ...own } = release;
  const settings = { ...release.settings, releaseTask: false, smokeTests: false, analysis: false };
  return [own, ...others.map((target) => ({ ...own, target, settings }))];
}

export const isGroup = ({ others = [] }: Pick<Release, 'others'>): boolean => others.length > 0;

const isLeading = (part: Release, release: Release) => part.target.service === release.target.service;

/** What is to be changed, or was: not the ECS services that ran the image before. */
export function changedParts({ release, revision }: Part): Part[] {
  const { taskDefinitionArn, unchanged = false, others = {} } = revision;
  return services(release).flatMap((part): Part[] => {
    const arn = isLeading(part, release) ? !unchanged && taskDefinitionArn : others[part.target.service];
    return arn ? [{ release: part, revision: { taskDefinitionArn: arn } }] : [];
  });
}

/** ECS services that ran the image before: nothing is done to them. */
export function unchangedServices({ release, revision }: Part): Release[] {
  const changed = changedParts({ release, revision }).map((part) => part.release.target.service);
  return services(release).filter(({ target }) => !changed.includes(target.service));
}

/** The plan of one ECS service of the release. */
export function planOf({ unchanged, others, ...leading }: Plan, { target }: Pick<Release, 'target'>): Plan {
  return others?.[target.service] ?? { ...leading, ...(unchanged && { decision: 'skip' as const }) };
}

/** When the deployment of one ECS service was asked for. */
export const startedAtOf = (
  { startedAt, earlier = {} }: Pick<Deployment, 'startedAt' | 'earlier'>,
  { target }: Pick<Release, 'target'>,
): number => earlier[target.service] ?? startedAt;

/** In the order of `services`: what each answered. Undefined while it goes on. */
export interface Answer<Of> {
  target: Target;
  answer: Of;
}

/** Of several ECS services each sentence names its own, or those that it is the same of. */
const naming = (answers: readonly Answer<{ reason: string }>[]): string =>
  [...Map.groupBy(answers, ({ answer }) => answer.reason)]
    .map(([reason, some]) => `${some.map(({ target }) => target.service).join(' and ')}: ${reason}`)
    .join('; ');

/** The same of what failed: why tasks did is said once, behind all of which it is so. */
const namingFailed = (
  answers: readonly Answer<{ reason: string; diagnosis?: Diagnosis | undefined }>[],
): string =>
  [...Map.groupBy(answers, ({ answer }) => lastWords(answer.diagnosis))]
    .map(([words, some]) => {
      const without = ({ reason }: { reason: string }) =>
        words && reason.endsWith(words) ? reason.slice(0, -words.length) : reason;
      const all = some.every(({ answer }) => answer.reason.endsWith(words));
      const told = some.map(({ target, answer }) => ({ target, answer: { reason: without(answer) } }));
      return naming(told) + (all ? words : '');
    })
    .join('; ');

/** All plans at once. Nothing is to be done only where no ECS service is to be changed. */
export function joinPlans([leading, ...others]: Answer<Plan>[]): Plan {
  if (!leading) throw new Error('a release has at least one ECS service');
  if (others.length === 0) return leading.answer;
  const all = [leading, ...others];
  const some = all.some(({ answer }) => answer.decision === 'deploy');
  const most = Math.floor(50 / all.length);
  const brief = (plan: Plan): Plan => ({ ...plan, changes: plan.changes.slice(0, most) });
  const own = brief(leading.answer);
  return {
    ...own,
    ...(some && own.decision === 'skip' && { decision: 'deploy' as const, unchanged: true }),
    others: Object.fromEntries(others.map(({ target, answer }) => [target.service, brief(answer)])),
  };
}

/**
 * What came of all: failed where any did. Somebody's deployment into one of several takes the others back with it. They are stable only
 * together; what there is to check meanwhile is the leading one's, so `leading` is whose that is.
 */
export function joinRollouts(
  answers: readonly Answer<Rollout | undefined>[],
  leading: Target,
  now: number,
): Rollout | undefined {
  const [only] = answers;
  if (answers.length === 1 && only?.target.service === leading.service) return only.answer;
  const found = answers.flatMap(({ target, answer }) => (answer ? [{ target, answer }] : []));
  const of = (...statuses: Rollout['status'][]) =>
    found.filter(({ answer: { status } }) => statuses.includes(status));

  const [failed] = of('failed');
  if (failed) {
    const told = of('failed');
    const stoppedTasks = told.flatMap(({ answer }) => answer.stoppedTasks).slice(0, 5);
    return { ...failed.answer, reason: namingFailed(told), stoppedTasks };
  }
  const replaced = of('superseded');
  if (replaced[0]) return { ...replaced[0].answer, status: 'gives way', reason: naming(replaced) };
  const [givesWay] = of('gives way');
  if (givesWay) return givesWay.answer;

  const own = found.find(({ target }) => target.service === leading.service)?.answer;
  if (own && isToCheck(own)) return own;
  const paused = of('paused');
  if (paused[0]) {
    const pauses = paused.flatMap(({ answer }) => answer.pauses ?? []).slice(0, mostPausesAtOnce);
    return { ...paused[0].answer, reason: naming(paused), pauses };
  }
  const done = of('stable', 'proved');
  if (done.length < answers.length) return undefined;
  // The metrics are compared from when the last of them was.
  const at = Math.max(...done.map(({ answer }) => answer.at));
  if (own) return { ...own, at, reason: naming(done) };
  return { status: 'stable', at: done.length > 0 ? at : now, reason: naming(done), stoppedTasks: [] };
}

/** Confirmed where all are. */
export function joinConfirmations(answers: readonly Answer<Confirmation>[], leading: Target): Confirmation {
  const [only, ...more] = answers;
  if (!only) throw new Error('a release has at least one ECS service');
  if (more.length === 0) return only.answer;
  const of = (...statuses: Confirmation['status'][]) =>
    answers.filter(({ answer: { status } }) => statuses.includes(status));
  const say = (told: readonly Answer<Confirmation>[], change: Partial<Confirmation> = {}): Confirmation => ({
    ...(told.find(({ target }) => target.service === leading.service) ?? told[0] ?? only).answer,
    reason: naming(told),
    ...change,
  });
  const refuted = of('refuted');
  if (refuted.length > 0) return say(refuted, { reason: namingFailed(refuted) });
  const replaced = of('superseded', 'gives way');
  if (replaced.length > 0) return say(replaced, { status: 'gives way' });
  const early = of('continue');
  if (early.length > 0)
    return say(early, { waitSeconds: Math.min(...early.map(({ answer }) => answer.waitSeconds)) });
  return say(answers);
}

/** Which of several methods is told as that of all: what most has to be known. */
const tellingFirst: Rollback['method'][] = [
  'nothing to go back to',
  'previous revision deployed',
  'deployment stopped',
  'taken back by ECS',
  'superseded',
  'nothing to undo',
];

export function joinRollbacks(answers: readonly Answer<Rollback>[], now: number): Rollback {
  const [only] = answers;
  if (only && answers.length === 1) return only.answer;
  const methods = answers.map(({ target, answer }) => [target.service, answer.method] as const);
  const method = tellingFirst.find((one) => methods.some(([, method]) => method === one));
  return { method: method ?? 'nothing to undo', methods: Object.fromEntries(methods), startedAt: now };
}

export const rollbackOf = (
  { method, methods = {}, startedAt }: Rollback,
  { target }: Pick<Release, 'target'>,
): Rollback => ({ method: methods[target.service] ?? method, startedAt });

/**
 * Back where all are that nobody else deployed into. A failure is told at once: somebody is needed. Tasks are those of the `leading`
 * one, which is asked whether it answers.
 */
export function joinReturns(
  answers: readonly Answer<Return | undefined>[],
  leading: Target,
): Return | undefined {
  const [only] = answers;
  if (answers.length === 1) return only?.answer;
  const found = answers.flatMap(({ target, answer }) => (answer ? [{ target, answer }] : []));
  const of = (status: Return['status']) => found.filter(({ answer }) => answer.status === status);
  const { tasks } = found.find(({ target }) => target.service === leading.service)?.answer ?? {};
  const say = (told: readonly Answer<Return>[]): Return | undefined =>
    told[0] && { ...told[0].answer, ...(tasks !== undefined && { tasks }), reason: naming(told) };
  const failed = of('failed');
  if (failed.length > 0) return say(failed);
  if (found.length < answers.length) return undefined;
  const [told] = [of('back'), of('superseded'), of('unchanged')].filter((some) => some.length > 0);
  return told && say([...told, ...found.filter((one) => !told.includes(one))]);
}
