/** Somebody wants a release stopped: before it changes anything it ends, and later it is taken back. */
import * as z from 'zod';

export const abortSchema = z.strictObject({
  /** Of the release: its execution's ARN. */
  execution: z.string(),
  /** Who, as AWS knows them, and why. */
  by: z.string().min(1).max(300),
  reason: z.string().min(1).max(500),
  /** ms since the epoch. */
  at: z.int(),
});
export type Abort = z.infer<typeof abortSchema>;

export const abortOf = (
  { aborts = [] }: { aborts?: readonly Abort[] | undefined },
  execution: string,
): Abort | undefined => aborts.find((one) => one.execution === execution);

export const abortSentence = ({ by, reason }: Pick<Abort, 'by' | 'reason'>): string =>
  `stopped by ${by}: ${reason}`;
