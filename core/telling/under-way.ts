/** What happens to a release now, in a sentence. */
import * as z from 'zod';
import { spoken } from '../duration.ts';
import { pausedSentence } from '../pause-hook.ts';
import { reasonFor } from '../record.ts';
import { escaped } from '../slack-text.ts';
import type { ToldRelease } from './told-release.ts';

const rolloutSchema = z.looseObject({
  targetGroups: z.looseObject({ newPercent: z.number() }).optional(),
});

/** Escaped already. */
export function underWay({ phase, steps, strategy, reason, paused }: ToldRelease): string {
  if (paused) return `ECS is ${escaped(pausedSentence(paused))}. Somebody has to let it go on.`;
  switch (phase) {
    case 'Scanning':
      return 'The scan report of exactly this image is waited for. Nothing has changed yet.';
    case 'AwaitingApproval':
      return 'Somebody has to approve it. Nothing has changed yet.';
    case 'AwaitingSlot':
      return 'Another release of this service is being deployed. Nothing has changed yet.';
    case 'Preparing':
      return 'What would change is looked up. Nothing has changed yet.';
    case 'Deploying':
      return `ECS brings the new version up. ${moves(strategy)}`;
    case 'Testing':
      return strategy && strategy.strategy !== 'ROLLING'
        ? 'The new version is up, and its endpoints are asked before users are.'
        : 'ECS is done, and the endpoints are asked.';
    case 'Shifting':
      return `Users are moved to the new version. ${moves(strategy)}`;
    case 'Comparing': {
      const { newPercent } = rolloutSchema.safeParse(steps.AwaitDeployment).data?.targetGroups ?? {};
      const share =
        newPercent === undefined
          ? 'The new version serves'
          : `The new version gets ${newPercent} % of the requests`;
      return `${share}, and its errors and its latency are held against those before it.`;
    }
    case 'Confirming':
      return 'Everything passed. Its tasks are watched until it is proved that they run this image.';
    case 'RollingBack':
      return `The version before is brought back: ${escaped(reason || reasonFor('RolledBack', steps, null))}`;
    case 'Ended':
      return escaped(reason);
  }
}

function moves(strategy: ToldRelease['strategy']): string {
  switch (strategy?.strategy) {
    case 'BLUE_GREEN':
      return `Users move to it at once, and the old tasks stand for ${spoken(strategy.bakeTime)} more.`;
    case 'CANARY':
      return `${strategy.percent} % of the requests go to it for ${spoken(strategy.canaryBakeTime)}, then all.`;
    case 'LINEAR':
      return `${strategy.stepPercent} % of the requests more go to it every ${spoken(strategy.stepBakeTime)}.`;
    default:
      return 'It takes the place of the old tasks, one after the other.';
  }
}
