/** What steps have said of a release, as far as it is shown. */
import * as z from 'zod';
import type { ReleaseRecord } from '../../core/record.ts';
import { commitSchema } from '../../core/release.ts';

const resolvedSchema = z.looseObject({ release: z.looseObject({ commit: commitSchema.loose() }) });

export const commitIn = ({ ResolveRelease }: ReleaseRecord['steps']): string | undefined =>
  resolvedSchema.safeParse(ResolveRelease).data?.release.commit.revision;

const servingSchema = z.looseObject({ status: z.literal('serving'), at: z.number() });

/** When the new version was first seen to have users, while that was the last that was seen. */
export const servingSinceIn = ({ AwaitDeployment }: ReleaseRecord['steps']): number | undefined =>
  servingSchema.safeParse(AwaitDeployment).data?.at;
