/** Every gateway under its name: types only, so that who takes some of them brings no client along. */
import type { approvals } from './approvals.ts';
import type { cloudwatch } from './cloudwatch.ts';
import type { domainEvents } from './domain-events.ts';
import type { ecr } from './ecr.ts';
import type { ecs } from './ecs.ts';
import type { endpoints } from './endpoints.ts';
import type { evidence } from './evidence/evidence.ts';
import type { executions } from './executions.ts';
import type { logs } from './logs.ts';
import type { Opened } from './open.ts';
import type { openReleases } from './open-releases.ts';
import type { pushes } from './pushes.ts';
import type { records } from './records.ts';
import type { scans } from './scans.ts';
import type { signingKeys } from './signing-keys.ts';
import type { slack } from './slack.ts';
import type { slackResponse } from './slack-response.ts';
import type { slackSigningSecret } from './slack-signing-secret.ts';
import type { slots } from './slots.ts';
import type { states } from './states.ts';
import type { turns } from './turns.ts';
import type { waits } from './waits.ts';

/** All that a function may use. What several functions share takes a `Pick` of it: their openers are named by each of them. */
export type Aws = Opened<{
  approvals: typeof approvals;
  cloudwatch: typeof cloudwatch;
  domainEvents: typeof domainEvents;
  ecr: typeof ecr;
  ecs: typeof ecs;
  endpoints: typeof endpoints;
  evidence: typeof evidence;
  executions: typeof executions;
  logs: typeof logs;
  openReleases: typeof openReleases;
  pushes: typeof pushes;
  records: typeof records;
  scans: typeof scans;
  signingKeys: typeof signingKeys;
  slack: typeof slack;
  slackResponse: typeof slackResponse;
  slackSigningSecret: typeof slackSigningSecret;
  slots: typeof slots;
  states: typeof states;
  turns: typeof turns;
  waits: typeof waits;
}>;
