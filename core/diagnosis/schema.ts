/** What a diagnosis says. Apart from the known causes: most functions only carry it. */
import * as z from 'zod';

export const diagnosisSchema = z.strictObject({
  /** A stable name, such as `OutOfMemory`. */
  cause: z.string(),
  /** What happened. */
  sentence: z.string(),
  /** What to do. */
  advice: z.string(),
  /** In the words of ECS. */
  evidence: z.array(z.string()).max(5),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;
