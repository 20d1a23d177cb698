/** A pause of an environment: nothing new is deployed there until somebody resumes. */
import * as z from 'zod';

export const pauseSchema = z.strictObject({
  /** Who, as AWS knows them, and why. */
  by: z.string().min(1).max(300),
  reason: z.string().min(1).max(500),
  /** ms since the epoch. */
  at: z.int(),
});
export type Pause = z.infer<typeof pauseSchema>;

export const pauseSentence = ({ by, reason }: Pick<Pause, 'by' | 'reason'>): string =>
  `paused by ${by}: ${reason}`;
