/** What people ask for by hand, and in which order releases come where each has its turn. */
import { askedForAt, enteredAt, forTargets, type Invariants, isQuiet, operatedOn } from './reading.ts';

export const asked: Invariants = {
  'who asks for a rollback gets it, unless something newer comes': (story) =>
    forTargets(story, ({ service }, releases) => {
      if (operatedOn(story, service)) return [];
      return releases.flatMap(({ name, request, record: { outcome = '', reason = '' } }) => {
        if (!request.rollback || !['NothingToDo', 'Superseded'].includes(outcome)) return [];
        if (reason.includes('runs already')) return [];
        const since = request.rollback.requestedAt;
        const newer =
          releases.some((other) => askedForAt(other) > since) || story.pushes.some(({ at }) => at > since);
        return newer ? [] : [`${name} ended ${outcome}: ${reason}`];
      });
    }),

  'where each has its turn, nobody is passed over': (story) =>
    forTargets(story, (_target, releases) => {
      if (story.plan.queue !== 'fifo' || !isQuiet(story)) return [];
      return releases.flatMap((release) => {
        const { name, record } = release;
        const since = enteredAt(release, 'AcquireSlot');
        if (record.outcome !== 'Superseded' || since === undefined) return [];
        const before = releases.some(
          (other) =>
            askedForAt(other) >= askedForAt(release) &&
            other !== release &&
            (enteredAt(other, 'AcquireSlot') ?? Infinity) <= since + 1000,
        );
        return before ? [] : [`${name} ended Superseded: ${record.reason}`];
      });
    }),

  'where nobody waits, nobody is kept waiting': (story) =>
    forTargets(story, (_target, releases) => {
      if (story.plan.queue !== 'reject' || !isQuiet(story)) return [];
      return releases.flatMap((release) => {
        const asks = enteredAt(release, 'AcquireSlot');
        const granted = enteredAt(release, 'PlanDeployment');
        return asks !== undefined && granted !== undefined && granted - asks > 10_000
          ? [`${release.name} waited for ${(granted - asks) / 1000} s`]
          : [];
      });
    }),
};
