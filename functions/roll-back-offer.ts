/** Whether a release's message in Slack has the button that takes it back, by what is known when it is told. */
import type { Aws } from '../aws/gateways.ts';
import { type Phase, phaseOf } from '../core/phase.ts';
import type { ReleaseRecord } from '../core/record.ts';
import { targetOf } from '../core/release.ts';
import { whoMayRollBack } from '../core/roll-back-by-slack.ts';
import type { RollBackOffer } from '../core/telling/told-release.ts';

/** From when something changes until it is proved. */
const deploying: readonly (Phase | undefined)[] = [
  ...(['Deploying', 'Testing', 'Shifting', 'Comparing', 'Confirming'] as const),
];

/** More rollbacks to a rollback than anybody makes. */
const deepest = 10;

/** Undefined where there is nothing to go back from, or to. Looks only. */
export async function rollBackOffer(
  record: ReleaseRecord,
  aws: Pick<Aws, 'config' | 'records' | 'slots'>,
): Promise<RollBackOffer | undefined> {
  const { config, slots } = aws;
  const { request, execution, outcome } = record;
  const service = config.services[request?.service ?? ''];
  const environment = service?.environments.find(({ name }) => name === request?.environment);
  if (!config.slack || !service || !environment) return undefined;

  const may = whoMayRollBack(environment).length > 0;
  if (deploying.includes(phaseOf(record))) return may ? 'button' : undefined;
  if (outcome !== 'Deployed' || !(await hasEarlier(record, aws))) return undefined;
  const { deployed } = await slots.look(targetOf(service, environment));
  if (deployed?.execution !== execution) return undefined;
  return may ? 'button' : 'command';
}

/** Something had been deployed before it; of a rollback, before what it went back to. */
async function hasEarlier(record: ReleaseRecord, { records }: Pick<Aws, 'records'>): Promise<boolean> {
  let found = record;
  for (let depth = 0; depth < deepest && found.request?.rollback; depth += 1)
    found = await records.of(found.request.rollback.to);
  return found.replaced !== undefined;
}
