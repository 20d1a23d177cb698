/** Every push becomes a release that comes to its end by itself. */
import { deployable } from '../../../core/push/deployable.ts';
import { type Invariants, isQuiet, short } from './reading.ts';

export const pushes: Invariants = {
  'everything comes to rest': ({ stuck, executions }) => [
    ...(stuck ? [stuck] : []),
    ...executions.filter(({ status }) => status === 'RUNNING').map(({ name }) => `${name} still runs`),
  ],

  /** Of three days that an execution may take here at most, nothing that is ours to end takes more than half a day. */
  'every wait has an end': ({ executions }) =>
    executions
      .filter(({ startedAt, stoppedAt = Infinity }) => stoppedAt - startedAt > 12 * 3_600_000)
      .map(({ name }) => `${name} took more than 12 hours`),

  'one push starts one release': ({ executions, pushes, config }) =>
    Object.entries(config.services).flatMap(([service, { environments }]) =>
      environments.flatMap(({ name: environment }, index) => {
        const before = environments[index - 1]?.name;
        const of = (digest: string, where: string | undefined) =>
          executions.filter(
            ({ request }) =>
              request.service === service &&
              request.environment === where &&
              request.push.digest === digest &&
              !request.rollback,
          );
        return [...new Set(pushes.map(({ digest }) => digest))].flatMap((digest) => {
          const causes = before
            ? of(digest, before).filter(({ record }) => record.outcome === 'Deployed').length
            : pushes.filter((push) => push.digest === digest).length;
          const releases = of(digest, environment).length;
          return releases > causes
            ? [
                `${short(digest)} was released ${releases} times to ${service}/${environment}, pushed ${causes} times`,
              ]
            : [];
        });
      }),
    ),

  /** What was pushed before something newer may be skipped, never what was pushed last. */
  'no push is lost': ({ pushes, executions, config }) => {
    const names = Object.keys(config.services);
    return names.flatMap((service, index) => {
      const ofService = pushes.filter((push) => push.service % names.length === index);
      const last = ofService.at(-1);
      const { tags = '', environments = [] } = config.services[service] ?? {};
      if (!last || !deployable(last.tagName, tags).yes) return [];
      const seen = executions.some(
        ({ request }) =>
          request.service === service &&
          request.environment === environments[0]?.name &&
          request.push.digest === last.digest,
      );
      // Somebody went back later, and what was pushed before is older than that.
      const gone = executions.some(
        ({ request: { service: of, rollback } }) =>
          of === service && rollback && rollback.requestedAt > last.at,
      );
      return seen || gone ? [] : [`${service}:${last.tagName} ${short(last.digest)} was never looked at`];
    });
  },

  'what was deployed to one environment is promoted to the next': ({ executions, config }) =>
    executions
      .filter(({ record }) => record.outcome === 'Deployed')
      .flatMap(({ name, request }) => {
        const environments = config.services[request.service]?.environments ?? [];
        const next = environments[environments.findIndex((one) => one.name === request.environment) + 1];
        if (!next || request.rollback) return [];
        const promoted = executions.some(
          (other) =>
            other.request.service === request.service &&
            other.request.environment === next.name &&
            other.request.push.pushedAt >= request.push.pushedAt,
        );
        return promoted ? [] : [`${name} was deployed, and ${next.name} never heard of it`];
      }),

  'where nothing fails, nobody is needed, and what is good arrives': (story) => {
    const { plan, executions, config, pushes, targets } = story;
    if (!isQuiet(story)) return [];
    const needed = executions
      .filter(({ record }) => record.outcome === 'NeedsHuman')
      .map(({ name, record }) => `${name} needs a human: ${record.reason}`);
    const names = Object.keys(config.services);
    const missing = names.flatMap((service, index) => {
      const last = pushes.findLast((push) => push.service % names.length === index);
      const [environment] = config.services[service]?.environments ?? [];
      // Who finds the slot taken is told so.
      if (plan.queue === 'reject' && pushes.length > 1) return [];
      if (last?.variant !== 'good' || last.report !== 'attached' || environment?.approval) return [];
      const target = targets.find((one) => one.service === service && one.environment === environment?.name);
      const running = target && [target, ...target.alongside].flatMap((one) => one.running);
      return running?.every((digest) => digest === last.digest)
        ? []
        : [`${service}:${last.tagName} is good and does not run in ${environment?.name}`];
    });
    return [...needed, ...missing];
  },

  'nobody misses an approval that nobody was asked for': ({ executions, messages }) =>
    executions
      .filter(({ record: { steps } }) => {
        const { reason = '' } = (steps.RequestApproval ?? {}) as { reason?: string };
        return reason.startsWith('nobody answered');
      })
      .filter(({ name }) => !messages.some((text) => text.includes(`id \`${name}\``)))
      .map(({ name }) => `nobody was asked about ${name}`),
};
