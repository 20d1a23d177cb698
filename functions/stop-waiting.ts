/** Somebody wants to break the glass while the scan gate still waits for a report: then it waits no longer, and asks. */
import type { Aws } from '../aws/gateways.ts';
import { isAmong, slackUserOf } from '../core/approval/person.ts';
import { groupsIn, rulesFrom, versionOf } from '../core/approval/rules.ts';
import { releaseRequestSchema } from '../core/release.ts';
import { scanDefaults, scanPolicyOf } from '../core/scan/policy.ts';
import type { Attempting } from './attempt-approval.ts';

export interface Stopped {
  verdict: 'accepted' | 'refused';
  says: string;
}

/** Undefined where no release of this name is under way to an environment with a glass to break. May be repeated. */
export async function stopWaiting(
  { approvalId, action, actor, door, authenticated, reason = '' }: Attempting,
  aws: Pick<Aws, 'approvals' | 'audit' | 'config' | 'now' | 'openReleases' | 'slackGroups'>,
): Promise<Stopped | undefined> {
  const { config, now } = aws;
  const places = Object.entries(config.services).flatMap(([service, { environments }]) =>
    environments
      .filter(({ breakGlass }) => breakGlass)
      .map((settings) => ({ service, environment: settings.name, settings })),
  );
  const open = await aws.openReleases.of(places);
  const found = open.find(([name]) => name === approvalId)?.[1];
  const request = releaseRequestSchema.safeParse(found).data;
  const { settings } =
    places.find((one) => one.service === request?.service && one.environment === request.environment) ?? {};
  if (!request || !settings?.breakGlass) return undefined;

  const rules = rulesFrom(settings, config.people);
  const slackGroups = await aws.slackGroups.of(slackUserOf(actor, rules.people), groupsIn(rules));
  const may = isAmong({ id: actor, slackGroups }, settings.breakGlass.who, rules.people);
  const { withoutReport, mode } = scanPolicyOf(
    config.services[request.service] ?? { scan: scanDefaults },
    settings,
  );
  const stopped: Stopped = !may
    ? { verdict: 'refused', says: 'You are not among those who may break the glass here.' }
    : reason.trim() === ''
      ? { verdict: 'refused', says: 'Say why: a reason is needed for this.' }
      : withoutReport === 'pass' || mode === 'warn'
        ? {
            verdict: 'refused',
            says: 'Nothing holds this release: by its policy it goes on without a scan report as soon as its time is over.',
          }
        : {
            verdict: 'accepted',
            says: 'The release waits for its scan report no longer than half a minute from now, and then asks: break the glass again then, and so does somebody else.',
          };
  await aws.audit.append({
    ...{ approvalId, at: now(), actor, action, door, authenticated, reason: reason.slice(0, 500) },
    verdict: may ? `${stopped.verdict}: it is not to wait for its scan` : 'refused: not allowed',
    ...{ rules: versionOf(rules), service: request.service, environment: request.environment },
    ...{ tag: request.push.tag, digest: request.push.digest },
  });
  if (stopped.verdict === 'accepted') await aws.approvals.wish(approvalId, now());
  return stopped;
}
