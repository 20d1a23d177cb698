/** The way back: what to do to get there, and whether it was reached. */
import * as z from 'zod';
import { spoken } from './duration.ts';
import type { SeenDeployment } from './rollout.ts';

/** What the service says of itself. */
export interface SeenService {
  /** Of its PRIMARY deployment. */
  taskDefinitionArn: string;
  /** ms since the epoch. */
  createdAt?: number | undefined;
  /** ECS tells it of rolling updates only: `settled` reads it from the service deployments where it is undefined. */
  rolloutState: string | undefined;
  runningCount: number;
  desiredCount: number;
}

const methodSchema = z.enum([
  'nothing to undo',
  'deployment stopped',
  'taken back by ECS',
  'previous revision deployed',
  'superseded',
  'nothing to go back to',
]);

export const rollbackSchema = z.strictObject({
  method: methodSchema,
  /** Of each ECS service, by name, where there are several. */
  methods: z.record(z.string(), methodSchema).optional(),
  startedAt: z.int(),
});
export type Rollback = z.infer<typeof rollbackSchema>;

export interface Revisions {
  /** The revision that we deployed. */
  ours: string;
  /** The revision that ran before. */
  wayBack: string;
  /** What a release left that was stopped before us: no more proved than ours. */
  unproved?: string | undefined;
  /** Nothing has ever been proved to run: there is no way back. */
  first?: boolean | undefined;
}

/** How to get back from here. Looks only, so that asking again after an effect answers what is left to do. */
export function rollbackMethod(
  { ours, wayBack, unproved, first }: Revisions,
  service: SeenService,
  deployment: SeenDeployment | undefined,
): Rollback['method'] {
  if (first && service.taskDefinitionArn === ours) return 'nothing to go back to';
  // AWS does not say which revision it calls PRIMARY while both stand: a deployment that goes on has not been taken back.
  const goesOn = ['PENDING', 'IN_PROGRESS'].includes(deployment?.status ?? '');
  if (service.taskDefinitionArn === wayBack && goesOn && unproved === undefined) return 'deployment stopped';
  if (service.taskDefinitionArn === wayBack) return deployment ? 'taken back by ECS' : 'nothing to undo';
  if (service.taskDefinitionArn !== ours && service.taskDefinitionArn !== unproved) return 'superseded';
  // ECS would go back to what completed last, and that is not what was proved last.
  if (unproved !== undefined && unproved !== ours) return 'previous revision deployed';
  switch (deployment?.status) {
    case 'PENDING':
    case 'IN_PROGRESS':
      return 'deployment stopped';
    case 'STOP_REQUESTED':
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return 'taken back by ECS';
    default:
      return 'previous revision deployed';
  }
}

export const returnSchema = z.strictObject({
  status: z.enum(['back', 'unchanged', 'superseded', 'failed']),
  reason: z.string(),
  /** When this was found, ms since the epoch. */
  at: z.int(),
  /** How many tasks run then: what runs none answers nobody. */
  tasks: z.int(),
});
export type Return = z.infer<typeof returnSchema>;

/** As `rolloutState` would be: where the newest service deployment of a service has brought it. */
export function settled(
  seen: readonly SeenDeployment[],
  wayBack: string,
  method: Rollback['method'],
): 'COMPLETED' | 'FAILED' | undefined {
  const newest = seen.toSorted((one, other) => other.createdAt - one.createdAt)[0];
  // What was deployed last may be long ago.
  if (method === 'nothing to undo' && (!newest || ends.includes(newest.status))) return 'COMPLETED';
  // ECS does not list yet what it was asked for: how ours ended says nothing of that.
  if (method === 'previous revision deployed' && newest?.taskDefinitionArn !== wayBack) return undefined;
  switch (newest?.status) {
    case 'ROLLBACK_SUCCESSFUL':
      return newest.taskDefinitionArn === wayBack ? 'FAILED' : 'COMPLETED';
    case 'SUCCESSFUL':
      return newest.taskDefinitionArn === wayBack ? 'COMPLETED' : undefined;
    case 'ROLLBACK_FAILED':
    case 'STOPPED':
      return 'FAILED';
    default:
      return undefined;
  }
}

const ends = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'];

/** Has the way back been reached? Undefined while it goes on. */
export function readReturn(
  { ours, wayBack, unproved }: Revisions,
  { method, startedAt }: Rollback,
  timeoutSeconds: number,
  service: SeenService,
  now: number,
): Return | undefined {
  const { taskDefinitionArn, rolloutState, runningCount, desiredCount } = service;
  const say = (status: Return['status'], reason: string): Return => ({
    ...{ status, reason, at: now, tasks: runningCount },
  });
  if (![ours, wayBack, unproved].includes(taskDefinitionArn))
    return say('superseded', `the service runs ${taskDefinitionArn}, deployed by somebody else`);
  const home = taskDefinitionArn === wayBack && rolloutState === 'COMPLETED' && runningCount >= desiredCount;
  const count = `${runningCount} of ${desiredCount} tasks`;
  if (home && method === 'nothing to undo') return say('unchanged', 'nothing had been changed');
  if (home) return say('back', `${count} run the previous revision (${method})`);
  if (rolloutState === 'FAILED' && taskDefinitionArn === wayBack)
    return say('failed', 'the deployment of the previous revision failed too');
  if (method === 'nothing to go back to')
    return say('failed', `no deployment of this service was ever successful: ${method}`);
  if (now < startedAt + timeoutSeconds * 1000) return undefined;
  const late = `the previous revision is not back after ${spoken(timeoutSeconds)}`;
  return say('failed', `${late}: ${count}, ${taskDefinitionArn}`);
}
