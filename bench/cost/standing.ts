/** What is there, and charged for by the month, whether anybody pushes or not. */
import { schedules, triggersOf } from '../../core/triggers.ts';
import { configOf, namesOf } from '../scale/crowd.ts';

interface Alarm {
  metrics: Record<string, unknown>;
}

const installation = {
  ...{ prefix: 'tidegate-production', partition: 'aws', account: '123456789012', region: 'us-east-1' },
  ...{ table: 'releases', stateMachine: 'deploy', secretParameters: {} },
};

/** Alarms, and how many metrics they look at together. */
export async function alarms(): Promise<{ count: number; metrics: number }> {
  // What is in stacks/ is checked with SST's types, which are there only after `npm run sst:install`.
  const stack = await import(new URL('../../stacks/alarms.ts', import.meta.url).href);
  const { alarmsOf } = stack as { alarmsOf(names: object, eventFunctions: string[]): Record<string, Alarm> };
  const woken = [
    ...Object.values(triggersOf(configOf(namesOf(1)), installation)),
    ...Object.values(schedules),
  ];
  const found = Object.values(alarmsOf(installation, [...new Set(woken.map(({ function: name }) => name))]));
  return {
    count: found.length,
    metrics: found.reduce((sum, { metrics }) => sum + Object.keys(metrics).length, 0),
  };
}
