/** Slack's web API: one method, one call. A call that fails never holds up a release: the caller decides what to do. */
import * as z from 'zod';
import { Transient } from '../core/errors.ts';
import { within } from './deadline.ts';
import type { Means } from './means.ts';
import { parameters } from './parameters.ts';

/** Slack said no, and will say so again: `code` is its own, such as `channel_not_found`. */
export class SlackRefused extends Error {
  readonly code: string;

  constructor(method: string, code: string) {
    super(`Slack refused ${method}: ${code}`);
    this.code = code;
  }
}

/** Slack has had enough for now. Its name stays `Transient`. */
export class SlackLimited extends Transient {
  /** When Slack wants to hear of us again. */
  readonly afterSeconds: number;

  constructor(method: string, afterSeconds: number) {
    super(`Slack limits ${method}: again in ${afterSeconds} s`);
    this.afterSeconds = afterSeconds;
  }
}

const answerSchema = z.looseObject({ ok: z.boolean(), error: z.string().optional() });
const timeoutMs = 5000;
/** With HTTP 200, and true only for now. */
const passing = ['internal_error', 'fatal_error', 'request_timeout', 'service_unavailable'];
/** The token is no good any more: it may have been changed since it was read. */
const unauthorised = ['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive', 'not_authed'];

export function slackApi({ environment, fetch, open }: Means) {
  const tokenParameter = (): string => {
    const name = environment.SLACK_TOKEN_PARAMETER;
    if (!name) throw new Error('SLACK_TOKEN_PARAMETER is not set');
    return name;
  };

  return {
    /**
     * Answers what Slack answered. Throws `SlackLimited` for 429, `Transient` for a 5xx, a lost connection and an answer
     * that does not come in time: five seconds unless given, and `SlackRefused` for what Slack will not do. `form`: of methods
     * that take no JSON.
     */
    async call(
      method: string,
      given: Readonly<Record<string, unknown>>,
      { patienceMs = timeoutMs, form = false }: { patienceMs?: number; form?: boolean } = {},
    ): Promise<Record<string, unknown>> {
      const name = tokenParameter();
      const headers = {
        authorization: `Bearer ${await open(parameters).secret(name)}`,
        'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json; charset=utf-8',
      };
      const fields = Object.entries(given).map(([field, value]): [string, string] => [field, String(value)]);
      const body = form ? new URLSearchParams(fields).toString() : JSON.stringify(given);
      const answer = await within(patienceMs, async (signal) => {
        const url = `${environment.SLACK_API_URL}/${method}`;
        const response = await fetch(url, { method: 'POST', headers, body, signal }).catch(lost);
        if (response.status === 429) throw new SlackLimited(method, retryAfter(response));
        if (response.status >= 500) throw new Transient(`Slack answered HTTP ${response.status}`);
        const parsed = answerSchema.safeParse(await response.json().catch(lost));
        if (!parsed.success) throw new Transient('Slack answered what is no answer of its API');
        return parsed.data;
      });
      const { ok, error = 'no reason given' } = answer;
      if (ok) return answer;
      if (error === 'ratelimited') throw new SlackLimited(method, 1);
      if (passing.includes(error)) throw new Transient(`Slack: ${error}`);
      if (unauthorised.includes(error)) open(parameters).forget(name);
      throw new SlackRefused(method, error);
    },
  };
}

export function lost(error: Error): never {
  throw new Transient(`Slack: ${error.message}`);
}

export const retryAfter = ({ headers }: Response): number => {
  const seconds = Math.ceil(Number(headers.get('retry-after')));
  return seconds > 0 ? seconds : 1;
};
