/** What the show reads from the event bus: how Tidegate recorded a release, and pushes that become none. */
import * as z from 'zod';
import { parsePush } from '../../core/push/event.ts';
import { outcomeSchema } from '../../core/release.ts';
import type { IgnoredPush } from '../console/source.ts';
import type { AwsEvent } from '../event.ts';
import type { End } from './narrate.ts';

const endedSchema = z.object({ execution: z.string(), outcome: outcomeSchema, reason: z.string() });

/** Tidegate's own event; undefined for any other. */
export function readEnded(event: AwsEvent): { execution: string; end: End } | undefined {
  if (event.source !== 'tidegate') return undefined;
  const { data } = endedSchema.safeParse(event.detail);
  return data && { execution: data.execution, end: { outcome: data.outcome, reason: data.reason } };
}

/** A push that starts no release and that somebody may miss: what has no tag is a part of an image, or attached to one. */
export function ignoredPush(event: AwsEvent, at: number): IgnoredPush | undefined {
  if (event.source !== 'aws.ecr') return undefined;
  const push = parsePush(event);
  const detail = event.detail as Record<string, string>;
  const tag = detail['image-tag'];
  if (!('ignored' in push) || !tag) return undefined;
  return { at, repository: String(detail['repository-name']), tag, reason: push.ignored };
}
