/** A sweep: looks after everything, or after as much as there is time and room for. */
import type { Aws } from '../aws/gateways.ts';
import { type Paces, paces } from './pace.ts';

/** An environment of a service, by name, and the one before it, which promotes to it. */
export interface Place {
  service: string;
  environment: string;
  before: string | undefined;
}

/** For looking, and for doing what was missed. */
export type SweepingAws = Pick<
  Aws,
  | 'approvals'
  | 'config'
  | 'measure'
  | 'consoleUrl'
  | 'ecr'
  | 'ecs'
  | 'home'
  | 'now'
  | 'openReleases'
  | 'pushes'
  | 'records'
  | 'slack'
  | 'slackFiles'
  | 'slackWebhook'
  | 'slots'
  | 'states'
  | 'tellings'
  | 'turns'
  | 'wait'
>;

export interface Sweep {
  aws: SweepingAws;
  paces: Paces;
  /** What cannot be done for one release or service keeps no other from being looked after. Undefined where it failed. */
  attempt<Result>(what: string, work: () => Result | Promise<Result>): Promise<Result | undefined>;
}

/** Of the failures, in the error. */
const mostTold = 20;

/** Works until everything was attempted. Then rejects, with every failure, where something failed. */
export async function sweeping<Answer>(
  aws: SweepingAws,
  work: (sweep: Sweep) => Promise<Answer>,
): Promise<Answer> {
  const failures: Error[] = [];
  const answer = await work({
    aws,
    paces: paces(aws),
    async attempt(what, work) {
      try {
        return await work();
      } catch (error) {
        failures.push(new Error(`${what}: ${(error as Error).message}`, { cause: error }));
        return undefined;
      }
    },
  });
  if (failures.length === 0) return answer;
  const told = failures.slice(0, mostTold).map(({ message }) => message);
  const more = failures.length > mostTold ? [`and ${failures.length - mostTold} more`] : [];
  throw new AggregateError(failures, [...told, ...more].join('; '));
}
