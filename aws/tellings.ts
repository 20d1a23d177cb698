/** What Slack was told of each release, and where: one message a release, which one function at a time may write. */
import * as z from 'zod';
import { forgetting } from '../core/forgetting.ts';
import type { Means } from './means.ts';
import { postedSchema } from './slack.ts';
import { tidegateTable } from './table.ts';

const pictureSchema = z.object({
  /** How often it was tried. */
  attempts: z.number(),
  /** As Slack has it, handed over and not shared yet. */
  file: z.string().optional(),
  ended: z.enum(['shared', 'given up']).optional(),
  /** Where it was given up. */
  why: z.string().optional(),
});
export type PictureTelling = z.infer<typeof pictureSchema>;

const tellingSchema = z.object({
  /** Where the release's own message is; absent before it was posted. */
  posted: postedSchema.optional(),
  /** Stands for what that message says now. */
  shown: z.string().optional(),
  /** When it was written last, ms since the epoch. */
  writtenAt: z.number().optional(),
  /** It was over when people first heard of it. */
  toldLate: z.boolean().optional(),
  /** What was answered in its thread, by name. */
  replies: z.array(z.string()).default([]),
  /** Of its metrics, in its thread. */
  picture: pictureSchema.optional(),
});
export type Telling = z.infer<typeof tellingSchema>;

/** Until others may take over from one who never came back: longer than a function may run. */
const holdMs = 60_000;

export function tellings({ open, now }: Means) {
  const table = open(tidegateTable);
  const keyOf = (execution: string) => `telling ${execution}`;
  const of = async (execution: string): Promise<Telling> =>
    tellingSchema.parse((await table.read(keyOf(execution))) ?? {});

  async function claim(execution: string): Promise<Telling | undefined> {
    const key = keyOf(execution);
    const held = { heldUntil: now() + holdMs, ...forgetting('telling', now()) };
    const claimed =
      (await table.setFirst(key, 'heldUntil', held)) ||
      (await table.setOnceOver(key, 'heldUntil', now(), held));
    return claimed ? of(execution) : undefined;
  }
  return {
    /**
     * Answers what was told so far, and nobody else may tell until `leave`. Undefined where somebody else does: it has
     * been asked to look again before it leaves, so what is there to tell now will be told.
     */
    async take(execution: string): Promise<Telling | undefined> {
      const free = await claim(execution);
      if (free) return free;
      await table.set(keyOf(execution), { again: true });
      // It may have left before it could see that.
      return claim(execution);
    },

    /** Keeps what was told. Only for who took it; may be repeated. */
    keep: (execution: string, telling: Partial<Telling>) => table.set(keyOf(execution), { ...telling }),

    /** Answers false where there is more to tell: then it is still taken. */
    async leave(execution: string): Promise<boolean> {
      const key = keyOf(execution);
      if (await table.unsetUnless(key, 'heldUntil', 'again')) return true;
      await table.unset(key, ['again']);
      return false;
    },

    /** After a failure: whoever comes next need not wait. */
    giveUp: (execution: string) => table.unset(keyOf(execution), ['heldUntil', 'again']),

    /** What was told so far; what nobody told yet is an empty telling. */
    of,
  };
}
