/** Values for the secrets of `stacks/`, as `sst secret set` would leave them. */
export const secrets = {
  SST_SECRET_SlackToken: 'xoxb-offline',
  SST_SECRET_SlackSigningSecret: 'offline',
};
