/** Asks people, once, and looks for the answer each time it is called. The task token stays in the table. */
import * as z from 'zod';
import { approvals } from '../../aws/approvals.ts';
import { ecs } from '../../aws/ecs.ts';
import { slack } from '../../aws/slack.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { approvalAnswerSchema, stoppedBy } from '../../core/approval/answer.ts';
import { expire } from '../../core/approval/decide.ts';
import { approvalMessage } from '../../core/approval/message.ts';
import { rulesFrom } from '../../core/approval/rules.ts';
import { environmentOf } from '../../core/config.ts';
import { spoken } from '../../core/duration.ts';
import { type Release, releaseSchema } from '../../core/release.ts';
import { type ScanVerdict, scanVerdictSchema } from '../../core/scan/verdict.ts';
import { called, isNewer, takesItsPlace } from '../../core/slot.ts';
import { askPeople, wasAsked } from '../ask-people.ts';
import { endApproval } from '../close-approval.ts';
import { lambda } from '../lambda.ts';
import { type ShownPlan, shownPlan } from '../shown-plan.ts';
import { defineStep } from '../step.ts';

export const requestApproval = defineStep({
  name: 'RequestApproval',
  uses: { approvals, ecs, slack, slots, states },
  input: z.strictObject({ release: releaseSchema, scan: scanVerdictSchema }),
  output: approvalAnswerSchema,
  errors: ['Transient', 'Throttled'],
  waits: true,
  aborted: ({ by, reason }) => ({ decision: 'rejected' as const, by, reason: stoppedBy(reason) }),
  run: async ({ release, scan }, aws, { arn, taskToken }) => {
    const { approvals, config, consoleUrl, now } = aws;
    // The execution's name: readable, unique for 90 days, and the same when this is called again.
    const approvalId = arn.slice(arn.lastIndexOf(':') + 1);
    const { service, environment, tag, digest } = release;
    const settings = environmentOf(config, service, environment).environment;
    const held = heldBy(release, scan);
    const { approvalTimeoutSeconds } = release.settings;
    const timeout = held ? (settings.breakGlass?.timeout ?? 0) : approvalTimeoutSeconds;
    const openedAt = now();
    const approval = await approvals.open({
      ...{ approvalId, execution: arn, taskToken, openedAt, expiresAt: openedAt + timeout * 1000 },
      ...{ subject: { service, environment, tag, digest }, rules: rulesFrom(settings, config.people) },
      ...(release.commit.author && { author: release.commit.author }),
      ...(held && { held }),
    });
    // Read after the new task token is there: a decision that comes now finds it.
    const { answer, expiresAt, rules } = approval;
    if (answer) return answer;

    const slot = await aws.slots.look(release.target);
    const { deployed } = slot;
    if (deployed && isNewer(deployed, { pushedAt: release.pushedAt, execution: arn })) {
      const reason = takesItsPlace(called(deployed));
      return endApproval(approvalId, { decision: 'superseded', by: 'nobody', reason }, aws);
    }
    if (now() >= expiresAt) {
      const over = { asked: wasAsked(approval, config), spent: spoken(timeout), now: now() };
      return endApproval(approvalId, expire(approval, rules, over), aws);
    }
    const link = consoleUrl && consoleUrl + arn;
    const known = { approvalId, release, scan, rules, now: now(), expiresAt, link, held };
    const question = {
      release,
      plan: () => shownPlan(release, slot, aws),
      message: (plan: ShownPlan | undefined) => approvalMessage({ ...known, ...plan }),
    };
    await askPeople(approval, question, aws);
    return undefined;
  },
});

/** Why it takes more than an approval, if it does. */
function heldBy({ unpassed }: Release, { status, summary }: ScanVerdict): string | undefined {
  const reasons = [...(unpassed ? [unpassed] : []), ...(status === 'fail' ? [summary] : [])];
  return reasons.length > 0 ? reasons.join('; ') : undefined;
}

export const handler = lambda(requestApproval);
