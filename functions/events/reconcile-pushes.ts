/** Finds what events did not tell: releases that ended unseen, promotions and pushes that never became releases. */
import { approvals } from '../../aws/approvals.ts';
import { ecr } from '../../aws/ecr.ts';
import { ecs } from '../../aws/ecs.ts';
import { openReleases } from '../../aws/open-releases.ts';
import { pushes } from '../../aws/pushes.ts';
import { records } from '../../aws/records.ts';
import { slack } from '../../aws/slack.ts';
import { slackFiles } from '../../aws/slack-files.ts';
import { slackWebhook } from '../../aws/slack-webhook.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { tellings } from '../../aws/tellings.ts';
import { turns } from '../../aws/turns.ts';
import type { ReleaseRequest } from '../../core/release.ts';
import { endOpen, releasesLeftOpen } from '../end-open.ts';
import { defineEventHandler, onEvent } from '../event.ts';
import { inTurns } from '../in-turns.ts';
import { missedPromotions } from '../missed-promotions.ts';
import { missedPushes } from '../missed-pushes.ts';
import { startExecution } from '../start-execution.ts';
import { type Place, type SweepingAws, sweeping } from '../sweep.ts';

/** As many as are looked at within `reserveMs` at the slowest pace. */
const together = 50;
const reserveMs = 30_000;

export interface Swept {
  /** Names of the executions that were started. */
  started: string[];
  /** Environments that were looked at, of so many: the next sweep begins with the others. */
  looked: number;
  of: number;
}

export const reconcilePushes = defineEventHandler({
  name: 'reconcile-pushes',
  uses: {
    approvals,
    ecr,
    ecs,
    openReleases,
    pushes,
    records,
    slack,
    slackFiles,
    slackWebhook,
    slots,
    states,
    tellings,
    turns,
  },
  run: (_event, aws, leftMs): Promise<Swept> =>
    sweeping(aws, async (sweep) => {
      const { attempt } = sweep;
      const places = placesOf(aws);
      // Somebody waits for these. They get half of the time, so that the others are reached too.
      const half = leftMs() / 2;
      await inTurns(sweep, {
        ...{
          of: 'open releases',
          items: await releasesLeftOpen([...places.values()], sweep),
          size: together,
        },
        goOn: () => leftMs() > half,
        look: (open) =>
          Promise.all(open.map((release) => attempt(release.name, () => endOpen(release, sweep)))),
      });

      const started: string[] = [];
      const start = async (request: ReleaseRequest) => {
        const where = `${request.service}/${request.environment}`;
        const execution = await attempt(where, () => startExecution(request, aws));
        if (execution?.started) started.push(execution.name);
      };
      const looked = await inTurns(sweep, {
        ...{ of: 'environments', items: places, size: together },
        goOn: () => leftMs() > reserveMs,
        async look(some) {
          for (const missed of await missedPushes(some, sweep)) await start(missed);
          for (const missed of await missedPromotions(some, sweep)) await start(missed);
        },
      });
      return { started, looked, of: places.size };
    }),
});

const placesOf = ({ config }: Pick<SweepingAws, 'config'>) =>
  new Map(
    Object.entries(config.services).flatMap(([service, { environments }]) =>
      environments.map(({ name: environment }, index): [string, Place] => [
        `${service}/${environment}`,
        { service, environment, before: environments[index - 1]?.name },
      ]),
    ),
  );

export const handler = onEvent(reconcilePushes);
