/** What of the account's limits is left to Tidegate: the account is shared with others, who may use most of it. */
import * as fc from 'fast-check';
import type { Clock } from '../../local/clock.ts';
import { pause } from '../../local/lambda/pause.ts';
import { awsLimits, type Limits } from '../../local/limits/aws-limits.ts';
import type { Rate } from '../../local/limits/token-bucket.ts';

/** The services of `awsLimits`, by what their `target` begins with. */
const targets = {
  ecs: 'AmazonEC2ContainerService',
  states: 'AWSStepFunctions',
  ecr: 'AmazonEC2ContainerRegistry',
  cloudwatch: 'GraniteService',
};
type LimitedService = keyof typeof targets;

/** Buckets of what a step calls once at most. */
const changes = new Set(['task definition modify', 'service modify', 'task modify', 'StartExecution']);
/** Of the others: as many as one attempt at a step needs, all in one instant on virtual time. Fewer, and none ever works. */
const atOnceLeast = 5;

export interface LimitsPlan {
  /** Of each token bucket, its size and its rate alike: 1 is all of it. Its size is never below what one step needs. */
  shares: Record<LimitedService, number>;
  /** How many functions run at once, for a while; absent where as many as AWS allows. Then calls take their time, too. */
  functions?: { atOnce: number; fromSeconds: number; forSeconds: number } | undefined;
}

export const allOfThem: LimitsPlan = { shares: { ecs: 1, states: 1, ecr: 1, cloudwatch: 1 } };

/** Most plans have all of it. Otherwise so little is left that even a small world meets its end. */
export const limits: fc.Arbitrary<LimitsPlan> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(allOfThem) },
  {
    weight: 1,
    arbitrary: fc.record({
      shares: fc.record({
        ecs: fc.constantFrom(1, 0.02, 0.005, 0.002),
        states: fc.constantFrom(1, 0.001, 0.0003),
        ecr: fc.constantFrom(1, 0.0001, 0.00003),
        cloudwatch: fc.constantFrom(1, 0.002, 0.0005),
      }),
      functions: fc.option(
        fc.record({
          // None: others have them all.
          atOnce: fc.nat(3),
          fromSeconds: fc.constantFrom(0, 60, 300),
          forSeconds: fc.constantFrom(60, 600, 3600),
        }),
        { nil: undefined },
      ),
    }),
  },
);

export const areTight = ({ shares, functions }: LimitsPlan = allOfThem): boolean =>
  functions !== undefined || Object.values(shares).some((share) => share < 1);

/** When the last of it is over that is only for a while, in seconds since the plan began. */
export const endOf = ({ functions }: LimitsPlan = allOfThem): number =>
  functions ? functions.fromSeconds + functions.forSeconds : 0;

/** Plans with less trouble from limits. */
export function* wider({ shares, functions }: LimitsPlan = allOfThem): Generator<LimitsPlan> {
  if (!areTight({ shares, functions })) return;
  yield allOfThem;
  if (functions) yield { shares };
  if (functions && functions.forSeconds > 60) yield { shares, functions: { ...functions, forSeconds: 60 } };
  for (const [service, share] of Object.entries(shares))
    if (share < 1) yield { shares: { ...shares, [service]: 1 }, functions };
}

export function limitLines({ shares, functions }: LimitsPlan = allOfThem): string[] {
  return [
    ...Object.entries(shares).flatMap(([service, share]) =>
      share < 1 ? [`${share * 100} % of the limits of ${service} are left`] : [],
    ),
    ...(functions
      ? [
          `${functions.atOnce} functions run at once, from ${functions.fromSeconds} s on for ${functions.forSeconds} s`,
        ]
      : []),
  ];
}

/** As the world takes them. `seconds` are those since the plan began; below 0 before. */
export function limitsOf({ shares, functions }: LimitsPlan = allOfThem, seconds: () => number): Limits {
  const shareOf = (target: string) => {
    const service = (Object.keys(targets) as LimitedService[]).find((name) =>
      target.startsWith(targets[name]),
    );
    if (!service) throw new Error(`no share for ${target}`);
    return shares[service];
  };
  const left = ({ burst, perSecond }: Rate, share: number, least: number): Rate => ({
    burst: Math.max(least, burst * share),
    perSecond: perSecond * share,
  });
  return {
    calls: awsLimits.calls.map((limit) => ({
      ...limit,
      ...left(limit, shareOf(limit.service), changes.has(limit.name) ? 1 : atOnceLeast),
    })),
    stateTransitions: left(awsLimits.stateTransitions, shares.states, 1),
    get concurrentFunctions() {
      if (!functions) return awsLimits.concurrentFunctions;
      const { atOnce, fromSeconds, forSeconds } = functions;
      const since = seconds() - fromSeconds;
      return since >= 0 && since < forSeconds ? atOnce : awsLimits.concurrentFunctions;
    },
  };
}

/** What a call takes. Where it takes nothing, functions on virtual time never run at the same time. */
export async function callTime(
  { functions }: LimitsPlan = allOfThem,
  clock: Clock,
  random: () => number,
): Promise<void> {
  if (functions) await pause(clock, 20 + 180 * random());
}

/** Whether a call was refused by a limit. */
export const isRefusal = (error: unknown): boolean => (error as Error).message === 'Rate exceeded';
