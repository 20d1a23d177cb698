/** A story as a person reads it: the plan, then everything that happened, then how it ended. */
import { short } from './invariants/reading.ts';
import { limitLines } from './limits.ts';
import type { Plan } from './plan.ts';
import { shiftLines } from './shifts.ts';
import type { Story } from './story.ts';

export function timeline({ plan, startedAt, log, executions, deadLetters, targets }: Story): string {
  const seconds = (at: number) => `${((at - startedAt) / 1000).toFixed(1).padStart(9)} s  `;
  return [
    ...planLines(plan),
    '',
    ...log.map(({ at, what }) => seconds(at) + what),
    '',
    ...executions.map(
      ({ name, status, record }) =>
        `${name}: ${status}, ${record.outcome ?? 'no outcome'}: ${record.reason ?? ''}`,
    ),
    ...targets.map(
      ({ service, environment, desiredCount, running, slot }) =>
        `${service}/${environment}: ${running.length} of ${desiredCount} run ${[...new Set(running.map((digest) => short(digest)))].join(', ')}${slot.holder ? `, held by ${slot.holder.tag}` : ''}`,
    ),
    ...deadLetters.map(({ function: name, error }) => `dead letter of ${name}: ${error}`),
  ].join('\n');
}

function planLines({
  services,
  desiredCount,
  approver,
  deciders,
  callFaults,
  functionFaults,
  events,
  slackDownSeconds,
  ecsLagSeconds,
  skewSeconds,
  limits,
  shifts,
  queue,
  alongside,
  stops = [],
}: Plan): string[] {
  const on = (features: object) =>
    Object.entries(features)
      .filter(([, present]) => present)
      .map(([name]) => name)
      .join(', ');
  return [
    ...services.map(
      ({ environments }, index) =>
        `service ${index}: ${environments.map((one) => `[${on(one)}]`).join(' → ')}, ${desiredCount} tasks`,
    ),
    deciders
      ? `people: ${JSON.stringify(deciders)}`
      : `people: ${approver.answer} after ${approver.afterSeconds.join(', ')} s`,
    ...callFaults.map(
      ({ operation, by, from, times, kind }) =>
        `call ${operation}${by ? ` of ${by}` : ''} ${from}${times > 1 ? `–${from + times - 1}` : ''} is ${kind}`,
    ),
    ...functionFaults.map(
      (fault) =>
        `function ${fault.function} ${fault.from}${fault.times > 1 ? `–${fault.from + fault.times - 1}` : ''} ${fault.kind}`,
    ),
    ...Object.entries(events).flatMap(([source, { loss, duplicates, disorder }]) =>
      loss + duplicates + disorder > 0
        ? [`events of ${source}: ${loss} lost, ${duplicates} twice, ${disorder} late`]
        : [],
    ),
    ...(slackDownSeconds ? [`Slack is down for ${slackDownSeconds} s`] : []),
    ...(ecsLagSeconds ? [`ECS shows a change after up to ${ecsLagSeconds} s`] : []),
    ...(skewSeconds ? [`clocks of functions are ${skewSeconds} s off`] : []),
    ...limitLines(limits),
    ...shiftLines(shifts),
    ...(queue ? [`queue: ${queue}`] : []),
    ...(alongside ? [`alongside: ${alongside}`] : []),
    ...stops.map(
      ({ does, upon, atSeconds }) => `somebody ${does}, ${atSeconds} s after ${upon ?? 'the start'}`,
    ),
  ];
}
