/** What happens to services while Tidegate is at work: people who go back or stop a deployment, alarms, capacity, scaling. */
import * as fc from 'fast-check';
import { goBack, openFor } from '../../functions/go-back.ts';
import type { VirtualWorld } from '../support/virtual-world.ts';
import { serviceOf } from './config.ts';

export interface IncidentPlan {
  /** From the start, or after a release of the service first comes to `upon`. */
  atSeconds: number;
  /** A state of the state machine. */
  upon?: string | undefined;
  service: number;
  does: IncidentKind;
  /** How long an alarm fires, and how long there is no room. */
  forSeconds: number;
}
const kinds = [
  'somebody asks for a rollback',
  'somebody stops the service deployment',
  'an alarm fires',
  'no task finds room',
  'the service scales out',
  'the service scales in',
  'Spot takes a task away',
] as const;
export type IncidentKind = (typeof kinds)[number];

const moments = [
  ...['PlanDeployment', 'StartDeployment', 'AwaitDeployment', 'RunSmokeTests', 'CompareMetrics'],
  ...['ConfirmRelease', 'RollBack', 'AwaitRollback', 'RecordOutcome'],
];
const incident: fc.Arbitrary<IncidentPlan> = fc
  .record({
    when: fc.oneof(
      fc.record({ atSeconds: fc.integer({ min: 0, max: 2400 }) }),
      fc.record({
        upon: fc.constantFrom(...moments),
        atSeconds: fc.constantFrom(0, 1, 20, 90),
      }),
    ),
    service: fc.nat(1),
    // A rollback comes to something only where two were deployed before.
    does: fc.constantFrom(...kinds, kinds[0], kinds[0], kinds[1]),
    forSeconds: fc.constantFrom(60, 300, 900),
  })
  .map(({ when, ...what }) => ({ ...when, ...what }));

/** A third of the plans have some. */
export const incidents: fc.Arbitrary<IncidentPlan[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<IncidentPlan[]>([]) },
  { weight: 1, arbitrary: fc.array(incident, { minLength: 1, maxLength: 2 }) },
);

/** The alarm of a service that is replaced task by task: others have none in the local world. */
const alarmOf = (service: string) => `${service} is late`;

type Say = (what: string) => void;

function meant({ config, world }: VirtualWorld, incident: IncidentPlan) {
  const name = serviceOf(config, incident);
  const environment = config.services[name]?.environments[0];
  if (!environment) throw new Error(`${name} has no environment`);
  const { ecs, cloudwatch } = world.at(environment);
  const { cluster, service } = environment;
  return { name, environment, ecs, cloudwatch, where: { cluster, service } };
}

/** Before anything is pushed. */
export async function prepare(virtual: VirtualWorld, incidents: readonly IncidentPlan[]): Promise<void> {
  for (const incident of incidents) {
    const { environment, ecs, cloudwatch, where } = meant(virtual, incident);
    if (incident.does !== 'an alarm fires' || environment.rollout.strategy !== 'ROLLING') continue;
    const name = alarmOf(environment.service);
    await cloudwatch.service.operations.PutMetricAlarm?.({
      AlarmName: name,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
    });
    const alarms = { alarmNames: [name], enable: true, rollback: true };
    await virtual.ask('ECS', 'UpdateService', { ...where, deploymentConfiguration: { alarms } }, ecs);
  }
}

export async function befall(virtual: VirtualWorld, incident: IncidentPlan, say: Say): Promise<void> {
  const { does, forSeconds } = incident;
  const { name, environment, ecs, cloudwatch, where } = meant(virtual, incident);
  const ask = (operation: string, input: object) => virtual.ask('ECS', operation, input, ecs);
  const wanted = async () =>
    (await ask('DescribeServices', { ...where, services: [where.service] })).services[0];
  const later = (what: () => unknown) => virtual.clock.after(forSeconds * 1000, () => void what());
  const happens: Record<IncidentKind, () => Promise<unknown>> = {
    async 'somebody asks for a rollback'() {
      const asked = { service: name, environment: environment.name, by: 'ada', reason: 'checkout fails' };
      const { request } = await goBack(asked, openFor(virtual.world.surroundings('tidegate-cli')));
      say(`  to ${request.push.tag}`);
    },
    async 'somebody stops the service deployment'() {
      const { serviceDeployments } = await ask('ListServiceDeployments', {
        ...where,
        status: ['IN_PROGRESS'],
      });
      for (const { serviceDeploymentArn } of serviceDeployments)
        await ask('StopServiceDeployment', { serviceDeploymentArn });
    },
    async 'an alarm fires'() {
      const set = (StateValue: string) =>
        cloudwatch.service.operations.SetAlarmState?.({
          AlarmName: alarmOf(where.service),
          StateValue,
          StateReason: 'as planned',
        });
      if (environment.rollout.strategy !== 'ROLLING') return;
      await set('ALARM');
      later(() => set('OK'));
    },
    async 'no task finds room'() {
      ecs.setCapacity({ tasks: 0 });
      later(() => ecs.setCapacity(undefined));
    },
    async 'the service scales out'() {
      ecs.scale({ ...where, desiredCount: (await wanted()).desiredCount + 1 });
    },
    async 'the service scales in'() {
      ecs.scale({ ...where, desiredCount: Math.max(1, (await wanted()).desiredCount - 1) });
    },
    async 'Spot takes a task away'() {
      const { taskArns } = await ask('ListTasks', { cluster: where.cluster, serviceName: where.service });
      if (taskArns[0]) ecs.interruptSpot(taskArns[0]);
    },
  };
  say(`${does}: ${name}`);
  await happens[does]().catch((error: Error) => say(`  refused: ${error.message}`));
}
