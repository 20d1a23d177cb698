/**
 * Slack's secrets, set by `sst secret set`, where functions read them: in Parameter Store. They are not linked to the functions,
 * which would put them into every bundle.
 */
import type { Names } from './names.ts';
import type { Platform } from './platform.ts';

/** Without Slack in the configuration there are none. */
export function secrets({ sst, aws }: Platform, { secretParameters }: Names): void {
  const { slackToken, slackSigningSecret, slackWebhook } = secretParameters;
  const keep = (secret: string, name: string | undefined) => {
    if (!name) return;
    const { value } = new sst.Secret(secret);
    new aws.ssm.Parameter(`${secret}Parameter`, { name, type: 'SecureString', value });
  };
  keep('SlackToken', slackToken);
  keep('SlackSigningSecret', slackSigningSecret);
  keep('SlackWebhook', slackWebhook);
}
