/**
 * An image push as EventBridge reports it.
 * One push of a multi-platform image is many events: every manifest is one, only the index carries the tag. Events
 * come at least once, in any order, and some fields that real events have are missing in the documentation.
 */
import * as z from 'zod';
import { digestSchema, repositorySchema, tagSchema } from '../image.ts';
import { isImageConfig } from '../source/oci.ts';
import { toolTag } from './deployable.ts';

export interface Push {
  /** The same for every delivery of the same event. */
  eventId: string;
  /** When it was pushed (or arrived by replication), ms since the epoch. */
  time: number;
  registryId: string;
  region: string;
  repository: string;
  tag: string;
  digest: string;
  manifestMediaType?: string;
  /** Absent for an index. */
  artifactMediaType?: string;
}

export type ParsedPush = { push: Push } | { ignored: string } | { malformed: string };

/** Replication arrives in the destination registry, whose account and region the event names. */
const actions = new Map([
  ['ECR Image Action', 'PUSH'],
  ['ECR Replication Action', 'REPLICATE'],
]);

// What tells whether the event is about a push at all. Only then is the rest held to its exact form.
const eventSchema = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.looseObject({}),
});
const actionSchema = z.object({
  'action-type': z.string(),
  result: z.string(),
  'image-tag': z.string().optional(),
  'manifest-media-type': z.string().optional(),
  'artifact-media-type': z.string().optional(),
});
const pushSchema = z.object({
  id: z.string().min(1),
  time: z.iso.datetime({ offset: true }),
  account: z.string().regex(/^\d{12}$/, { error: 'an AWS account of 12 digits' }),
  region: z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, { error: 'an AWS region' }),
  detail: z.object({
    'repository-name': repositorySchema,
    'image-tag': tagSchema,
    'image-digest': digestSchema,
  }),
});

/** Reads any event of an EventBridge rule; never throws. `ignored` is normal, `malformed` is worth an alarm. */
export function parsePush(event: unknown): ParsedPush {
  const envelope = eventSchema.safeParse(event);
  if (!envelope.success) return malformed(envelope.error);
  const { source, 'detail-type': detailType, detail } = envelope.data;
  const action = actions.get(detailType);
  if (source !== 'aws.ecr' || !action) return { ignored: `${detailType} of ${source} is no push` };

  const read = actionSchema.safeParse(detail);
  if (!read.success) return malformed(read.error, ['detail']);
  const tag = read.data['image-tag'];
  const artifact = read.data['artifact-media-type'];
  const manifest = read.data['manifest-media-type'];
  if (read.data['action-type'] !== action)
    return { ignored: `the action ${read.data['action-type']} is no push` };
  if (read.data.result !== 'SUCCESS') return { ignored: `the push did not succeed: ${read.data.result}` };
  if (!tag) return { ignored: 'pushed without a tag: a part of another image, or something attached to one' };
  const tool = toolTag(tag);
  if (tool) return { ignored: `the tag ${tag} ${tool}` };
  if (artifact && !isImageConfig(artifact)) return { ignored: `${artifact} is no container image` };

  const exact = pushSchema.safeParse(event);
  if (!exact.success) return malformed(exact.error);
  const { id, time, account, region, detail: image } = exact.data;
  return {
    push: {
      eventId: id,
      time: Date.parse(time),
      registryId: account,
      region,
      repository: image['repository-name'],
      tag: image['image-tag'],
      digest: image['image-digest'],
      ...(manifest && { manifestMediaType: manifest }),
      ...(artifact && { artifactMediaType: artifact }),
    },
  };
}

function malformed({ issues }: z.ZodError, within: string[] = []): ParsedPush {
  return {
    malformed: issues
      .map(({ path, message }) => `${[...within, ...path].join('.') || 'the event'}: ${message}`)
      .join('; '),
  };
}
