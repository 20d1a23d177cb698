/** What a message tells of a release: the parts of its record that people ask for, wherever it came to. */
import * as z from 'zod';
import { shortDigest } from '../image.ts';
import type { HookPause } from '../pause-hook.ts';
import { pausedNow } from '../paused-now.ts';
import { type Phase, phaseOf, releaseIn } from '../phase.ts';
import { planSchema } from '../plan.ts';
import type { ReleaseRecord } from '../record.ts';
import { type Outcome, requestedAt } from '../release.ts';
import { commitLink } from '../source/commit.ts';
import type { Strategy } from '../strategy.ts';

/** How people take it back: by a button, or, where nobody is named who may, by a command. */
export type RollBackOffer = 'button' | 'command';

/** A record, and what it does not hold. */
export interface Told {
  record: ReleaseRecord;
  /** To the execution. */
  link: string | undefined;
  /** How ECS moves users to it, as it is configured. */
  strategy: Strategy | undefined;
  /** Undefined where there is nothing to take back. */
  rollBack?: RollBackOffer | undefined;
  /** A picture of its metrics is in its thread. */
  pictured?: boolean | undefined;
}

export interface ToldRelease {
  /** Of its execution. */
  name: string;
  rollBack: RollBackOffer | undefined;
  pictured: boolean;
  phase: Phase;
  outcome: Outcome | undefined;
  /** ECS has paused it, and people are asked. */
  paused: HookPause | undefined;
  reason: string;
  service: string;
  environment: string;
  tag: string;
  digest: string;
  /** A commit's hash or what stands for it, and its page. */
  revision: string | undefined;
  commitUrl: string | undefined;
  compareUrl: string | undefined;
  author: string | undefined;
  /** Who asked for it, where that was not a push. */
  asked: { by: string; reason?: string | undefined } | undefined;
  rollback: boolean;
  warnings: string[];
  /** When it was pushed, or its rollback was asked for, ms since the epoch. */
  requestedAt: number;
  /** From then to its end. */
  seconds: number | undefined;
  /** Serves now, in words; undefined where nobody can say. */
  runsNow: string | undefined;
  link: string | undefined;
  strategy: Strategy | undefined;
  steps: ReleaseRecord['steps'];
}

/** Undefined where there is nothing to tell: nothing is known yet, or nothing is to be deployed. */
export function toldRelease({
  record,
  link,
  strategy,
  rollBack,
  pictured = false,
}: Told): ToldRelease | undefined {
  const phase = phaseOf(record);
  const release = releaseIn(record);
  const { request, outcome, reason = '', endedAt, steps } = record;
  const named = release ?? request;
  if (!phase || !named) return undefined;
  const { tag, digest } = release ?? request?.push ?? { tag: '', digest: '' };
  const since = request ? requestedAt(request) : (release?.pushedAt ?? 0);
  const { revision, source, author, compareUrl } = release?.commit ?? {};
  return {
    ...{ phase, outcome, reason, tag, digest, link, strategy, steps, revision, compareUrl, author },
    ...{ service: named.service, environment: named.environment, rollBack, pictured },
    name: record.execution.slice(record.execution.lastIndexOf(':') + 1),
    paused: pausedNow(record),
    commitUrl: commitLink(source, revision),
    asked: request?.rollback ?? request?.again,
    rollback: request?.rollback !== undefined,
    warnings: release?.warnings ?? [],
    requestedAt: since,
    seconds: endedAt === undefined ? undefined : Math.max(0, (endedAt - since) / 1000),
    runsNow: outcome && runsNow(outcome, record),
  };
}

const runningSchema = z.looseObject({ runningDigest: z.string().optional() });

function runsNow(outcome: Outcome, record: ReleaseRecord): string | undefined {
  const { steps, startedAt } = record;
  const release = releaseIn(record);
  const { runningDigest } = runningSchema.safeParse(release).data ?? {};
  const plan = planSchema.safeParse(steps.PlanDeployment).data;
  const revision = plan?.runningTaskDefinitionArn.split('/').at(-1);
  const before = [revision, runningDigest && shortDigest(runningDigest)].filter(Boolean).join(', ');
  switch (outcome) {
    case 'Deployed':
      return release && `${release.tag}, ${shortDigest(release.digest)}`;
    case 'RolledBack':
      return before ? `the version before: ${before}` : 'the version before';
    case 'Rejected':
      return startedAt === undefined ? `what ran before${before ? `: ${before}` : ''}` : undefined;
    default:
      return undefined;
  }
}
