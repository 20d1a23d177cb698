/** One release at a time, and who is next. */
import { enteredAt, forTargets, type Invariants, isQuiet } from './reading.ts';

export const slots: Invariants = {
  'the slot is free at the end': ({ targets }) =>
    targets.flatMap(({ service, environment, slot: { holder, waiting, paused, aborts = [] } }) => [
      ...(paused ? [`${service}/${environment} is still paused`] : []),
      ...aborts.map(({ execution }) => `${service}/${environment} still wants ${execution} stopped`),
      ...(holder ? [`${service}/${environment} is held by ${holder.execution}`] : []),
      ...(waiting ? [`${service}/${environment} is waited for by ${waiting.execution}`] : []),
    ]),

  'the slot knows what was deployed last': (story) =>
    forTargets(story, ({ service, environment, slot }, releases) => {
      const last = releases
        .filter(({ record }) => record.outcome === 'Deployed')
        .sort((one, other) => (one.record.endedAt ?? 0) - (other.record.endedAt ?? 0))
        .at(-1);
      const known = releases.find(({ arn }) => arn === slot.deployed?.execution);
      return known === last
        ? []
        : [
            `${known?.name ?? 'nothing'}, of ${service}/${environment}, and it was ${last?.name ?? 'nothing'}`,
          ];
    }),

  'where nothing fails, the slot passes on at once': (story) =>
    isQuiet(story)
      ? forTargets(story, (_target, releases) =>
          releases.flatMap((release) => {
            const asked = enteredAt(release, 'AcquireSlot');
            const granted = enteredAt(release, 'PlanDeployment');
            if (asked === undefined || granted === undefined) return [];
            const freed = releases.map(({ record }) => record.endedAt ?? 0).filter((at) => at <= granted);
            const late = granted - Math.max(asked, ...freed);
            return late > 10_000 ? [`${release.name} got it ${late / 1000} s late`] : [];
          }),
        )
      : [],
};
