/** Does the new version answer? The endpoints of the configuration, each so many times in a row. */
import * as z from 'zod';
import type { SmokeEndpoint, SmokePolicy } from './config.ts';
import { spoken } from './duration.ts';

/** What an endpoint answered, or else why it did not: text from outside, of any length. */
export interface SmokeAnswer {
  status?: number;
  error?: string;
  /** Whether the body contains what the endpoint asks for; true where it asks for nothing. */
  bodyMatched: boolean;
  milliseconds: number;
}

const maxText = 200;
const outsideSchema = z.string().max(maxText);

export const smokeVerdictSchema = z.strictObject({
  status: z.enum(['pass', 'fail', 'continue']),
  sentence: z.string(),
  endpoints: z.array(
    z.strictObject({
      url: z.string(),
      /** The status that counts as healthy. */
      status: z.int(),
      passed: z.boolean(),
      attempts: z.int().min(0),
      /** The last answer, in words; absent before the first. */
      last: outsideSchema.optional(),
    }),
  ),
});
export type SmokeVerdict = z.infer<typeof smokeVerdictSchema>;

export interface SmokeObservation {
  policy: SmokePolicy;
  /** What each endpoint of the policy answered so far, in the policy's order; oldest first. */
  answers: readonly (readonly SmokeAnswer[])[];
  /** When the deployment became stable, ms since the epoch. */
  stableAt: number;
  /** ms since the epoch. */
  now: number;
}

/** The endpoints where ECS's test listener leads to the new version: their paths, at its address. */
export function throughTestListener({ endpoints, testListener }: SmokePolicy): SmokeEndpoint[] {
  if (!testListener) return endpoints;
  return endpoints.map((endpoint) => {
    const { pathname, search } = new URL(endpoint.url);
    return { ...endpoint, url: new URL(pathname + search, testListener.url).href };
  });
}

/**
 * Passes as soon as the last `consecutive` answers of every endpoint are good. Until the timeout a bad answer only starts the
 * count again: load balancers answer 503 and caches are cold for a while after ECS calls a service stable.
 */
export function judgeSmoke({ policy, answers, stableAt, now }: SmokeObservation): SmokeVerdict {
  const judged = policy.endpoints.map((endpoint, index) => ({ endpoint, given: answers[index] ?? [] }));
  const endpoints = judged.map(({ endpoint, given }) => {
    const last = given.at(-1);
    const recent = given.slice(-policy.consecutive);
    return {
      url: endpoint.url,
      status: endpoint.status,
      passed: recent.length === policy.consecutive && recent.every((answer) => isGood(endpoint, answer)),
      attempts: given.length,
      ...(last && { last: inWords(endpoint, last) }),
    };
  });

  const failing = endpoints.find(({ passed }) => !passed);
  if (!failing) {
    const all = endpoints.length === 1 ? 'The endpoint' : `All ${endpoints.length} endpoints`;
    return { status: 'pass', sentence: `${all} answered well ${times(policy.consecutive)}`, endpoints };
  }
  const waiting = `${failing.url} ${failing.last ?? 'was not asked yet'}`;
  if (now < stableAt + policy.timeout * 1000) return { status: 'continue', sentence: waiting, endpoints };

  const wanted = `${failing.status}, ${times(policy.consecutive)}`;
  return {
    status: 'fail',
    sentence: `${waiting}; it had ${spoken(policy.timeout)} to answer with ${wanted}`,
    endpoints,
  };
}

function isGood({ status }: SmokeEndpoint, answer: SmokeAnswer): boolean {
  return answer.status === status && answer.bodyMatched;
}

function inWords(endpoint: SmokeEndpoint, answer: SmokeAnswer): string {
  const after = `after ${Math.round(answer.milliseconds)} ms`;
  if (answer.status === undefined)
    return bounded(`did not answer ${after}: ${answer.error ?? 'no reason given'}`);
  const wrong = answer.status === endpoint.status && !answer.bodyMatched;
  return bounded(
    `answered ${answer.status} ${after}${wrong ? `, without "${endpoint.contains ?? ''}"` : ''}`,
  );
}

/** One line of at most 200 characters; a character cut in half becomes a replacement character. */
function bounded(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length <= maxText ? line : `${line.slice(0, maxText - 1).toWellFormed()}…`;
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times in a row`);
