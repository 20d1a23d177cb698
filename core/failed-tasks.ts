/** What a record tells of tasks that failed, whichever step has seen them. */
import * as z from 'zod';
import { type Diagnosis, diagnosisSchema } from './diagnosis/schema.ts';
import type { ReleaseRecord } from './record.ts';
import { type StoppedTask, stoppedTaskSchema } from './rollout.ts';

export interface FailedTasks {
  diagnosis: Diagnosis | undefined;
  stoppedTasks: StoppedTask[];
  /** The last lines of the first that wrote some. */
  logTail: string[];
}

const seenSchema = z.looseObject({
  status: z.string().optional(),
  diagnosis: diagnosisSchema.optional(),
  stoppedTasks: z.array(stoppedTaskSchema).default([]),
  logTail: z.array(z.string()).default([]),
});

/** Of the last step that failed and saw any; undefined where none did. */
export function failedTasks(steps: ReleaseRecord['steps']): FailedTasks | undefined {
  for (const state of ['ConfirmRelease', 'CompareMetrics', 'AwaitDeployment', 'RunReleaseTask']) {
    const { data } = seenSchema.safeParse(steps[state]);
    if (!data || !['fail', 'failed', 'refuted'].includes(data.status ?? '')) continue;
    const { diagnosis, stoppedTasks } = data;
    const logTail = stoppedTasks.find((task) => task.logTail.length > 0)?.logTail ?? data.logTail;
    if (diagnosis || stoppedTasks.length > 0 || logTail.length > 0)
      return { diagnosis, stoppedTasks, logTail };
  }
  return undefined;
}
