/** The endpoints of a deployed service, asked as its users would ask them. */
import type { SmokeEndpoint } from '../core/config.ts';
import type { SmokeAnswer } from '../core/smoke.ts';
import { within } from './deadline.ts';
import type { Means } from './means.ts';

/** Of a body, this much is looked at. */
const maxBytes = 1024 * 1024;

export function endpoints({ fetch, now }: Means) {
  return {
    /** One request: never throws, a failure is an answer too. Redirects are answers, not followed. */
    async ask(
      {
        url,
        contains,
        headers = {},
      }: Pick<SmokeEndpoint, 'url' | 'contains'> & { headers?: Record<string, string> },
      timeoutSeconds: number,
    ): Promise<SmokeAnswer> {
      const start = now();
      try {
        return await within(timeoutSeconds * 1000, async (signal) => {
          const answer = await fetch(url, {
            redirect: 'manual',
            signal,
            headers: { 'user-agent': 'tidegate-smoke-test', ...headers },
          });
          const body = await beginning(answer);
          return {
            status: answer.status,
            milliseconds: now() - start,
            bodyMatched: contains === undefined || body.includes(contains),
          };
        });
      } catch (error) {
        return { error: reason(error), milliseconds: now() - start, bodyMatched: false };
      }
    },
  };
}

async function beginning(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxBytes) break;
  }
  return text;
}

/** `fetch` says "fetch failed"; the cause says why. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error
    ? cause.message || String((cause as NodeJS.ErrnoException).code ?? message)
    : message;
}
