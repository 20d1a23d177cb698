/** Asks the endpoints of a policy as users would: each so many times in a row. */
import type { Aws } from '../aws/gateways.ts';
import type { SmokePolicy } from '../core/config.ts';
import { judgeSmoke, type SmokeAnswer, type SmokeVerdict } from '../core/smoke.ts';

/** `since`: when there was something to be asked, ms since the epoch. `headers` go with every request. */
export async function askEndpoints(
  policy: SmokePolicy,
  { since, headers = {} }: { since: number; headers?: Record<string, string> | undefined },
  aws: Pick<Aws, 'endpoints' | 'now'>,
): Promise<SmokeVerdict> {
  const answers = await Promise.all(
    policy.endpoints.map((endpoint) => inARow({ ...endpoint, headers }, policy, aws)),
  );
  return judgeSmoke({ policy, answers, stableAt: since, now: aws.now() });
}

/** One after the other; after a bad answer there is nothing more to learn now. */
async function inARow(
  endpoint: SmokePolicy['endpoints'][number] & { headers: Record<string, string> },
  policy: SmokePolicy,
  { endpoints }: Pick<Aws, 'endpoints'>,
): Promise<SmokeAnswer[]> {
  const answers: SmokeAnswer[] = [];
  while (answers.length < policy.consecutive) {
    const answer = await endpoints.ask(endpoint, policy.requestTimeout);
    answers.push(answer);
    if (answer.status !== endpoint.status || !answer.bodyMatched) break;
  }
  return answers;
}
