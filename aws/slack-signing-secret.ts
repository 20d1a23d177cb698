/** The secret that Slack signs interactions with. */
import type { Means } from './means.ts';
import { parameters } from './parameters.ts';

export function slackSigningSecret({ environment, open }: Means): () => Promise<string> {
  return async () => {
    const name = environment.SLACK_SIGNING_SECRET_PARAMETER;
    if (!name) throw new Error('SLACK_SIGNING_SECRET_PARAMETER is not set');
    return open(parameters).secret(name);
  };
}
