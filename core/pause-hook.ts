/** ECS's lifecycle hooks that pause a deployment until they are answered: what is read of one, and how long people have. */
import * as z from 'zod';
import type { DeploymentDetails, SeenDeployment } from './rollout.ts';

/** A hook that waits. Not to be taken for `tidegate pause`, which lets no release in. */
export const hookPauseSchema = z.strictObject({
  /** The ECS service, by name, and its deployment. */
  service: z.string(),
  serviceDeploymentArn: z.string(),
  hookId: z.string(),
  /** ECS's lifecycle stage, where it names one. */
  stage: z.string().optional(),
  /** Of the users' requests, that the new version is to get by now. */
  percent: z.number(),
  /** When ECS goes on without an answer, ms since the epoch, and which way: `ROLLBACK` or `CONTINUE`. */
  expiresAt: z.int().optional(),
  timeoutAction: z.string().optional(),
});
export type HookPause = z.infer<typeof hookPauseSchema>;

/** As ECS lists them: those that wait for an answer. */
export type WaitingHook = Pick<HookPause, 'hookId' | 'expiresAt' | 'timeoutAction'>;

/** Ten hooks of one service may pause it at once; of several services the others come after these. */
export const mostPausesAtOnce = 20;

/** What the state machine keeps of the pauses of a release. */
export const pausedSchema = z.strictObject({
  /** For so long people were waited for: ECS has that much more time. */
  seconds: z.number().min(0),
  /** Those that people are being asked about: `RequestContinuation` looks after them until none is left. */
  asked: z.array(hookPauseSchema).max(mostPausesAtOnce),
  /** Ids of the hooks that need nobody any more, though ECS may list them for a while. */
  answered: z.array(z.string()).max(200),
  /** Why it is to be taken back: somebody, or time, has said no. */
  refused: z.string().max(1000).optional(),
});
export type Paused = z.infer<typeof pausedSchema>;
/** As long as a release was not paused. */
export const neverPaused: Paused = { seconds: 0, asked: [], answered: [] };

/** What became of the pauses that people were asked about. */
export const continuationSchema = z.strictObject({
  /** `look again`: something has changed, or it is to be looked at in another rhythm. */
  status: z.enum(['goes on', 'not approved', 'look again']),
  /** A sentence. */
  reason: z.string().max(1000),
  /** ms since the epoch. */
  at: z.int(),
  paused: pausedSchema,
  /** For how many seconds the state machine waits at most until it looks at a pause again. */
  lookAgainIn: z.int().min(60),
});
export type Continuation = z.infer<typeof continuationSchema>;

/** ECS does not tell the type of a hook where it describes the service, so far as was seen: one without a target pauses. */
export const isPause = ({
  hookTargetArn,
  targetType,
}: {
  hookTargetArn?: string | undefined;
  targetType?: string | undefined;
}) => (targetType === undefined ? !hookTargetArn : targetType === 'PAUSE');

/** At these the new version has no more users than before. ECS's guide on lifecycle hooks has them. */
const beforeUsers = [
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
];
export const pausesBeforeUsers = ({ lifecycleStages = [] }: { lifecycleStages?: string[] | undefined }) =>
  lifecycleStages.some((stage) => beforeUsers.includes(stage));

interface SeenHooks {
  status?: string | undefined;
  lifecycleHookDetails?:
    | {
        hookId?: string | undefined;
        targetType?: string | undefined;
        status?: string | undefined;
        expiresAt?: Date | undefined;
        timeoutAction?: string | undefined;
      }[]
    | undefined;
}

/** Of a service deployment, as `DescribeServiceDeployments` answers it. One that is on its way back waits for nobody. */
export function waitingIn({ status, lifecycleHookDetails = [] }: SeenHooks): WaitingHook[] {
  if (status !== 'IN_PROGRESS') return [];
  return lifecycleHookDetails.flatMap(({ hookId, targetType, status: its, expiresAt, timeoutAction }) =>
    hookId && targetType === 'PAUSE' && its === 'AWAITING_ACTION'
      ? [
          {
            hookId,
            ...(expiresAt && { expiresAt: expiresAt.getTime() }),
            ...(timeoutAction && { timeoutAction }),
          },
        ]
      : [],
  );
}

/** Those of a deployment that still need somebody. */
export function openPauses(
  { arn, details }: Pick<SeenDeployment, 'arn' | 'details'>,
  { answered }: Pick<Paused, 'answered'>,
): HookPause[] {
  const { stage, productionWeight: percent = 0, pauses = [] }: Partial<DeploymentDetails> = details ?? {};
  return pauses
    .filter(({ hookId }) => !answered.includes(hookId))
    .map((waiting) => ({
      ...{ service: arn.split('/').at(-2) ?? '', serviceDeploymentArn: arn, percent, ...waiting },
      ...(stage && { stage }),
    }));
}

/** `paused at POST_TEST_TRAFFIC_SHIFT, with 0 % of the users' requests on the new version`. */
export const pausedSentence = ({ stage, percent }: Pick<HookPause, 'stage' | 'percent'>): string =>
  `paused ${stage ? `at ${stage}, ` : ''}with ${percent} % of the users' requests on the new version`;

/** In words of the traffic, for who does not know ECS's stages. */
export const pausedShortly = ({ percent }: Pick<HookPause, 'percent'>): string =>
  percent > 0 ? `paused at ${percent} %` : 'paused before it has users';

/**
 * Until when people may decide, ms since the epoch: `timeout` seconds, which all pauses of a release share, and before ECS
 * goes on by itself, so that it is our rule that counts and not its timeout.
 */
export function decidedUntil(
  pause: Pick<HookPause, 'expiresAt'>,
  { timeout, spent, now }: { timeout: number; spent: number; now: number },
): number {
  const ours = now + Math.max(0, timeout - spent) * 1000;
  if (pause.expiresAt === undefined) return ours;
  const left = Math.max(0, pause.expiresAt - now);
  return Math.min(ours, pause.expiresAt - Math.min(aheadMs, left / 2));
}

/** So long before ECS's own timeout, or half of a short one: our end is noticed within a minute, and then told. */
const aheadMs = 150_000;

/** Twice as long as a function may take. */
export const firstLookIn = 60;
export const slowestLook = 900;
const slower = [slowestLook, 300];
const untilAsked = 300;

/** The nearer the end, the sooner; and while somebody still is to hear of it: Slack may be away. */
export function lookAgainIn(leftMs: number, { asked }: { asked: boolean }): number {
  const rhythm = slower.find((seconds) => seconds * 3000 <= leftMs) ?? firstLookIn;
  return asked ? rhythm : Math.min(rhythm, untilAsked);
}

/** How often it is looked at one pause at most, besides every quarter of an hour: nearer to its end, and where the rhythm changes. */
export const looksAtEnd = 40;
