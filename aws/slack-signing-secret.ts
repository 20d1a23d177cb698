/** The secrets that Slack may sign interactions with: one, or two while one replaces the other. */
import type { Means } from './means.ts';
import { parameters } from './parameters.ts';

/** Whoever sends nonsense must not make us ask SSM each time. */
const againAfterMs = 60_000;

export function slackSigningSecret({ environment, now, open }: Means) {
  let readAt = Number.NEGATIVE_INFINITY;

  async function read(again: boolean): Promise<string[]> {
    const name = environment.SLACK_SIGNING_SECRET_PARAMETER;
    if (!name) throw new Error('SLACK_SIGNING_SECRET_PARAMETER is not set');
    if (again) open(parameters).forget(name);
    const text = await open(parameters).secret(name);
    if (again || readAt === Number.NEGATIVE_INFINITY) readAt = now();
    return text.split(/[\s,]+/).filter(Boolean);
  }

  return {
    secrets: () => read(false),
    /** As they are by now; undefined where they were read just before. A warm function may know an old one only. */
    async freshSecrets(): Promise<string[] | undefined> {
      return now() - readAt < againAfterMs ? undefined : read(true);
    },
  };
}
