/** Whether a digest passed the environments before the one that it is to go to, and what the last of them came to. */
import * as z from 'zod';
import type { Aws } from '../aws/gateways.ts';
import { shortDigest } from '../core/image.ts';
import type { ReleaseRecord } from '../core/record.ts';
import type { Before, ReleaseRequest } from '../core/release.ts';

export interface Passed {
  /** Why it did not, a sentence. */
  unpassed?: string;
  before?: Before;
}

/** Follows the releases back from the one that it is promoted from: each has to have deployed this digest, one environment earlier. */
export async function passedBefore(
  { service, environment, push, promotedFrom }: ReleaseRequest,
  { config, records }: Pick<Aws, 'config' | 'records'>,
): Promise<Passed> {
  const environments = config.services[service]?.environments.map(({ name }) => name) ?? [];
  const earlier = environments.slice(0, Math.max(0, environments.indexOf(environment))).reverse();
  let before: Before | undefined;
  let execution = promotedFrom;
  for (const name of earlier) {
    const record = execution === undefined ? undefined : await deploying(execution, records);
    const { request, outcome } = record ?? {};
    const passed =
      outcome === 'Deployed' &&
      request?.service === service &&
      request.environment === name &&
      request.push.digest === push.digest;
    if (!record || !passed)
      return {
        unpassed: `${shortDigest(push.digest)} was not deployed to ${name}, and only what passed the environments before comes to ${environment}`,
      };
    before ??= beforeFrom(name, record);
    execution = request.promotedFrom;
  }
  return before ? { before } : {};
}

/** Of a rollback, the release that it went back to: that one passed what was before. */
async function deploying(execution: string, records: Aws['records']): Promise<ReleaseRecord> {
  const record = await records.of(execution);
  const { rollback } = record.request ?? {};
  if (!rollback || record.outcome !== 'Deployed') return record;
  const { request } = await records.of(rollback.to);
  return { ...record, ...(request && { request }) };
}

const said = z.looseObject({
  reason: z.string().optional(),
  sentence: z.string().optional(),
  headline: z.string().optional(),
});

function beforeFrom(environment: string, { execution, steps, endedAt = 0 }: ReleaseRecord): Before {
  const found = ['ConfirmRelease', 'RunSmokeTests', 'CompareMetrics'].flatMap((state) => {
    const { headline, sentence, reason } = said.safeParse(steps[state]).data ?? {};
    const text = headline ?? sentence ?? reason;
    return text ? [text.slice(0, 300)] : [];
  });
  return { environment, execution, deployedAt: endedAt, found };
}
